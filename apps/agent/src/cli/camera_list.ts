import { answer, type Context, tell, withBox } from './context.ts'

export const cameraList = async (context: Context): Promise<void> => {
  await withBox(context, async box => {
    const cameras = box.cameras
      .all()
      .filter(camera => camera.removedMs === undefined)
      // The password stays where it is, sealed or not.
      .map(({ sealedPassword: _, removedMs: __, ...camera }) => camera)
    const lines = cameras.map(
      ({ name, viewpoint, address, streamToken, channelId }) =>
        `${name}  ${viewpoint?.place ?? ''}  ${viewpoint?.requiredDays ?? 0} d  ${address}  ${streamToken}\n  ${channelId}  ${viewpoint?.viewpointId ?? ''}`
    )
    answer(context, { cameras }, lines.length > 0 ? lines : tell(context, 'agent.saidNoCameras'))
  })
}
