import { runInRoom } from '@matthan/agent/camera/room_worker'
import { describe, expect, test } from 'vitest'

const mainFile = new URL('../cameras/rooms_main.ts', import.meta.url)
const run = (room: string, data: unknown = {}, deadlineMs = 5000) =>
  runInRoom(room, data, { mainFile, deadlineMs, maxOldGenerationSizeMb: 32 })

describe('a room in a worker thread', () => {
  test('answers with what it was given', async () => {
    expect(await run('echo', { a: 1 })).toEqual({ a: 1 })
  })

  test('that hangs, or blocks its thread, is ended at the deadline', async () => {
    await expect(run('hang', {}, 700)).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect(run('block', {}, 700)).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('that eats memory is ended, and this process goes on', async () => {
    await expect(run('eat')).rejects.toMatchObject({ kind: 'exhausted', key: 'camera.tooMuchMemory' })
  })

  test('that does not exist is an error, not silence', async () => {
    await expect(run('nowhere')).rejects.toThrow(/no answer/)
  })
})
