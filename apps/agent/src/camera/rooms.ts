import type { Clock } from '@matthan/base/clock'
import type { OnvifQuestion } from './onvif_room.ts'
import type { Room } from './room_worker.ts'

/** The rooms of the camera folder, for the program's main file (see room_worker); the ONVIF library loads on first use. */
export const cameraRooms = (clock: Clock): Record<string, Room> => ({
  onvif: async question => {
    const { probeOnvif } = await import('./onvif_room.ts')
    return await probeOnvif(question as OnvifQuestion, clock)
  }
})
