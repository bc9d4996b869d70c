import { answer, type Context, tableOf, tell, withBox } from './context.ts'

export const cameraList = async (context: Context): Promise<void> => {
  await withBox(context, async box => {
    const cameras = box.cameras
      .all()
      .filter(camera => camera.removedMs === undefined)
      // The password stays where it is, sealed or not.
      .map(({ sealedPassword: _, removedMs: __, ...camera }) => camera)
    const rows = cameras.map(({ name, viewpoint, address, streamToken }) => [
      name,
      viewpoint?.place ?? '',
      tell(context, 'agent.days', { days: viewpoint?.requiredDays ?? 0 }),
      address,
      streamToken,
      viewpoint?.viewpointId ?? ''
    ])
    const lines = tableOf(
      context,
      [
        'agent.colViewpoint',
        'agent.colPlace',
        'agent.colRequiredDays',
        'agent.colAddress',
        'agent.colStream',
        'agent.colViewpointId'
      ],
      rows
    )
    answer(context, { cameras }, rows.length > 0 ? lines : tell(context, 'agent.saidNoCameras'))
  })
}
