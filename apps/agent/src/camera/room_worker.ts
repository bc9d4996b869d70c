import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { withDeadline } from '@matthan/base/clock'
import { type ErrorOnWire, MatthanError, toWire } from '@matthan/base/error'
import type { ErrorKey } from '@matthan/base/text/say'

/**
 * A room that runs in a thread of its own, for work that may hang, block or eat memory. The thread runs the
 * program's own main file again (a worker by another URL is not found in a bundle), which hands over to
 * `serveRoom` before it does anything else.
 */

/** What a room does: structured-clonable data in, structured-clonable answer out. */
export type Room = (data: unknown) => Promise<unknown>

type Message = { answer: unknown } | { error: ErrorOnWire }

export type RoomWorkerOptions = {
  /** The main file of this program: `import.meta.url` there. */
  mainFile: URL
  deadlineMs: number
  maxOldGenerationSizeMb: number
  signal?: AbortSignal
}

/** For the top of a main file: true when this thread is a room's and has done its work. */
export const serveRoom = async (rooms: Record<string, Room>): Promise<boolean> => {
  const name = isMainThread ? undefined : (workerData as { room?: unknown } | null)?.room
  if (typeof name !== 'string' || !Object.hasOwn(rooms, name)) return false
  const message: Message = await rooms[name]!(workerData.data).then(
    answer => ({ answer }),
    error => ({ error: toWire(error) })
  )
  parentPort?.postMessage(message)
  return true
}

/**
 * Does `data` in room `room` on another thread and ends that thread, whatever it is doing.
 * @throws what the room threw; `TimeoutError` after the deadline; MatthanError exhausted (camera.tooMuchMemory) over
 *   the memory cap
 */
export const runInRoom = async (room: string, data: unknown, options: RoomWorkerOptions): Promise<unknown> => {
  const { mainFile, deadlineMs, maxOldGenerationSizeMb, signal } = options
  signal?.throwIfAborted()
  const worker = new Worker(mainFile, {
    workerData: { room, data },
    resourceLimits: { maxOldGenerationSizeMb },
    // What a library prints there is no log of ours.
    stdout: true,
    stderr: true
  })
  const answered = () =>
    new Promise<Message>((resolve, reject) => {
      worker.on('message', resolve)
      worker.on('error', error => reject(outOfMemory(error) ?? error))
      worker.on('exit', code => reject(new Error(`room ${room} ended with code ${code} and no answer`)))
    })
  try {
    const message = await withDeadline(deadlineMs, answered, signal)
    if ('error' in message)
      throw new MatthanError(message.error.kind, message.error.key as ErrorKey, message.error.params)
    return message.answer
  } finally {
    await worker.terminate()
  }
}

const outOfMemory = (error: unknown): MatthanError | undefined =>
  (error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? new MatthanError('exhausted', 'camera.tooMuchMemory', {}, { cause: error })
    : undefined
