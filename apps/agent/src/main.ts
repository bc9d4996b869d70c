import { systemClock } from '@matthan/base/clock'
import { runProgram } from '@matthan/base/lifetime'
import { serveRoom } from './camera/room_worker.ts'
import { cameraRooms } from './camera/rooms.ts'

/** The agent and its commands; in a thread, one of its rooms. */
if (!(await serveRoom(cameraRooms(systemClock))))
  await runProgram(async signal => {
    const { runCommands } = await import('./cli/program.ts')
    await runCommands(process.argv, { signal, clock: systemClock, mainFile: new URL(import.meta.url) })
  })
