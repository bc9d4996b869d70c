import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { bootId, systemClock } from '@matthan/base/clock'
import { writeDurably } from '@matthan/base/files'
import { newId } from '@matthan/base/id'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestBox, putFile, runOf, segmentOf, type TestBox } from '../testing/box.ts'
import { makeRecorderFootage, openContained } from './footage.ts'
import { reconcile } from './reconcile.ts'
import { makeRecorderClient } from './recorder_client.ts'

let box: TestBox
beforeEach(async () => {
  box = await makeTestBox()
})
afterEach(() => box.close())

test('an answer comes back to the one who asked, however many ask at once', async () => {
  const asked = Array.from({ length: 20 }, () =>
    box.client.ask({ request: 'unlinkHold', holdId: newId() }, { deadlineMs: 20_000 })
  )
  expect((await Promise.all(asked)).every(answer => answer.done)).toBe(true)
  expect(box.recorder.asked).toHaveLength(20)
})

test('a recorder that is silent is an error in time', async () => {
  box.recorder.stop()
  const asked = box.client.ask({ request: 'unlinkHold', holdId: newId() }, { deadlineMs: 50 })
  await expect(asked).rejects.toMatchObject({ kind: 'unreachable', key: 'agent.recorderSilent' })
})

test('a status of another boot or of another shape is none', async () => {
  const client = makeRecorderClient({ folder: box.footageFolder, clock: systemClock })
  expect(await client.status()).toBeUndefined()
  const status = { v: 1, pid: 1, bootId: bootId(), writtenMs: 1, writtenMonoMs: 0, synchronised: true, channels: [] }
  const path = join(box.footageFolder, 'status.json')
  await writeDurably(path, JSON.stringify({ ...status, writtenMonoMs: systemClock.monoMs() - 3000 }))
  expect((await client.status())?.ageMs).toBeGreaterThanOrEqual(3000)
  await writeDurably(path, JSON.stringify({ ...status, bootId: newId() }))
  expect(await client.status()).toBeUndefined()
  await writeDurably(path, '{"v":1')
  expect(await client.status()).toBeUndefined()
})

test('a segment is read from its hold when its recording is gone', async () => {
  const segment = await putFile(
    box.footageFolder,
    segmentOf({ channelId: box.channelId, startMs: 0, endMs: 2000 }),
    Buffer.from('abc')
  )
  const holdId = newId()
  expect((await box.footage.keep(holdId, [segment])).linked).toEqual([segment.segmentId])
  expect(await box.footage.remove([segment.path])).toEqual([])
  const handle = await box.footage.open(segment, holdId)
  expect(await handle.readFile('utf8')).toBe('abc')
  await handle.close()
  await expect(box.footage.open(segment)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a request that is refused as a whole has done nothing', async () => {
  const paths = ['recordings/a', 'recordings/b']
  const refused = {
    ask: async () => ({ id: newId(), done: false, failed: [{ path: '', reason: 'bad request' }] }),
    status: box.client.status
  }
  const footage = makeRecorderFootage({ folder: box.footageFolder, client: refused })
  expect((await footage.remove(paths)).map(f => f.path)).toEqual(paths)
  const kept = await footage.keep(
    newId(),
    paths.map(path => ({ segmentId: newId(), path }))
  )
  expect(kept.linked).toEqual([])
  expect(kept.failed).toHaveLength(2)
})

test('nothing outside the footage folder is opened, by a link in the path or at its end', async () => {
  const { footageFolder, folder } = box
  await symlink(folder, join(footageFolder, 'recordings', 'out'))
  await expect(openContained(footageFolder, 'recordings/out/data/agent.db')).rejects.toMatchObject({ kind: 'refused' })
  await symlink(join(folder, 'data', 'agent.db'), join(footageFolder, 'recordings', 'x.mp4'))
  await expect(openContained(footageFolder, 'recordings/x.mp4')).rejects.toMatchObject({ code: 'ELOOP' })
})

test('rows whose file is gone or has changed its size go, the others stay', async () => {
  const run = runOf({ channelId: box.channelId, startMs: 0, lengthMs: 2000, count: 4 })
  const there = await Promise.all(run.map(s => putFile(box.footageFolder, s, Buffer.alloc(10))))
  for (const s of there) box.segments.insert(s)
  await box.footage.remove([there[1]!.path])
  await putFile(box.footageFolder, there[2]!, Buffer.alloc(9))
  const lost: string[] = []
  const result = await reconcile({
    folder: box.footageFolder,
    segments: box.segments,
    signal: new AbortController().signal,
    log: box.log,
    lost: (segment, reason) => void lost.push(`${segment.index} ${reason}`)
  })
  expect(result).toEqual({ checked: 4, lost: 2 })
  expect(lost).toEqual(['1 no such file', '2 other size'])
  expect(box.segments.inRange(box.channelId, { fromMs: 0, toMs: 9000 }).map(s => s.index)).toEqual([0, 3])
})
