import type { CameraFacts, CameraSource } from './camera.ts'
import type { OnvifQuestion } from './onvif_room.ts'
import { runInRoom } from './room_worker.ts'
import { isTimeout, tooSlow } from './stream_tool.ts'

export const onvifRoom = 'onvif'
const maxOldGenerationSizeMb = 64

/**
 * An ONVIF device, asked from a worker thread: it may drip, nest or flood, this thread goes on.
 * @param mainFile the program's main file, which serves the room `onvif` (see room_worker)
 */
export const onvifCamera = ({ mainFile }: { mainFile: URL }): CameraSource => ({
  probe: async (address, credential, { deadlineMs, signal }) => {
    const question: OnvifQuestion = { address, credential }
    const options = { mainFile, deadlineMs, maxOldGenerationSizeMb, ...(signal ? { signal } : {}) }
    try {
      return (await runInRoom(onvifRoom, question, options)) as CameraFacts
    } catch (error) {
      throw isTimeout(error) ? tooSlow(address.host, deadlineMs) : error
    }
  }
})
