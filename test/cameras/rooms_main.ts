import { serveRoom } from '@matthan/agent/camera/room_worker'
import { cameraRooms } from '@matthan/agent/camera/rooms'
import { systemClock } from '@matthan/base/clock'

/** A main file as the agent's begins: worker threads of tests are started from it. */
await serveRoom({
  ...cameraRooms(systemClock),
  echo: async data => data,
  hang: () => new Promise(() => setInterval(() => {}, 1000)),
  block: async () => {
    for (;;);
  },
  eat: async () => {
    const eaten: number[][] = []
    for (;;) eaten.push(new Array(1 << 16).fill(1.5))
  }
})
