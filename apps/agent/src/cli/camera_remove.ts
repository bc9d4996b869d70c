import { MatthanError } from '@matthan/base/error'
import { writeRecorderConfig } from '../camera/recorder_config.ts'
import { answer, type Context, tell, withBox } from './context.ts'

/** @param wanted channel id, viewpoint id or name */
export const cameraRemove = async (context: Context, wanted: string): Promise<void> => {
  await withBox(context, async box => {
    const found = box.cameras
      .all()
      .filter(
        ({ channelId, name, removedMs, viewpoint }) =>
          removedMs === undefined && [channelId, name, viewpoint?.viewpointId].includes(wanted.normalize('NFC'))
      )
    const [camera] = found
    if (!camera) throw new MatthanError('notFound', 'agent.noSuchCamera', { camera: wanted })
    if (found.length > 1) throw new MatthanError('usage', 'agent.viewpointAmbiguous', { name: wanted })
    box.cameras.remove.immediate(camera.channelId, context.clock.nowMs())
    await writeRecorderConfig(box.config.dataFolder, box.cameras.all(), box.config.segmentSeconds)
    const { channelId, name } = camera
    answer(context, { channelId, name }, tell(context, 'agent.saidCameraRemoved', { name }))
  })
}
