import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '@matthan/base/id'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DiskSpace } from '../health/disk.ts'
import type { Segment } from '../store/segments.ts'
import { makeTestBox, putFile, runOf, segmentOf, type TestBox } from '../testing/box.ts'
import { makeCleaner } from './cleaner.ts'
import { clockIsTrusted } from './clock_trust.ts'
import { makeHolds } from './holds.ts'

let box: TestBox
let freeBytes: number
let trusted: boolean
const signal = new AbortController().signal
const dayMs = 86_400_000

const disk = (): DiskSpace => ({
  diskId: newId(),
  mount: '/',
  device: 'x',
  fileSystem: 'x',
  totalBytes: 1e6,
  freeBytes,
  readOnly: false
})
const cleaner = () =>
  makeCleaner({
    ...box,
    space: async () => disk(),
    requiredDays: () => box.viewpoint.requiredDays,
    clockTrusted: () => trusted,
    nowMs: () => box.clock.nowMs(),
    floorBytes: 1000
  })
const holds = () =>
  makeHolds({
    ...box,
    rows: box.holds,
    viewpoint: box.viewpointOf,
    nowMs: () => box.clock.nowMs(),
    quotaBytes: async () => 1e6
  })

beforeEach(async () => {
  box = await makeTestBox()
  freeBytes = 1e6
  trusted = true
})
afterEach(() => box.close())

/** A segment that ended so many hours ago, on disk and in the table; deleting it gives its bytes back. */
const recorded = async (hoursAgo: number, bytes = 100): Promise<Segment> => {
  const endMs = box.clock.nowMs() - hoursAgo * 3600_000
  const segment = segmentOf({ channelId: box.channelId, startMs: endMs - 60_000, endMs })
  const there = await putFile(box.footageFolder, segment, Buffer.alloc(bytes))
  box.segments.insert(there)
  return there
}
const left = (): Segment[] => box.segments.inRange(box.channelId, { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })
const onDisk = (s: Segment): Promise<boolean> =>
  stat(join(box.footageFolder, s.path)).then(
    () => true,
    () => false
  )

test('footage older than required goes, file and row, the rest stays', async () => {
  const [old, older, young] = [await recorded(49), await recorded(60), await recorded(47)]
  expect(await cleaner().sweep(signal)).toEqual({ segments: 2, bytes: 200, starved: false })
  expect(left()).toEqual([young])
  expect(await Promise.all([old, older, young].map(onDisk))).toEqual([false, false, true])
  expect(box.segments.overwrittenUntil(box.channelId)).toBe(old.endMs)
})

test('with a clock that is not trusted only space counts, in order of recording', async () => {
  trusted = false
  const first = await recorded(1, 800)
  const second = await recorded(100, 800)
  await cleaner().sweep(signal)
  expect(left()).toEqual([first, second])
  freeBytes = 500
  const fill = cleaner()
  await fill.sweep(AbortSignal.any([signal]))
  // The first recorded went, though its clock called it the younger; deleting did not help the fake disk, so all went.
  expect(box.recorder.asked[0]).toMatchObject({ request: 'delete', paths: [first.path] })
})

test('nothing under hold is deleted, for its age or for space, and then the answer is starved', async () => {
  const held = await recorded(100)
  const { viewpointId } = box.viewpoint
  const range = { fromMs: held.startMs, toMs: held.endMs }
  await holds().place(
    { holdId: newId(), viewpointId, range, owner: 'o', reason: 'r', expiresMs: box.clock.nowMs() + dayMs },
    newId()
  )
  const other = await recorded(70)
  freeBytes = 0
  expect(await cleaner().sweep(signal)).toMatchObject({ segments: 1, starved: true })
  expect(left()).toEqual([held])
  expect(await onDisk(other)).toBe(false)
})

test('a deletion that a crash cut short is ended, and one that the recorder refuses is kept for later', async () => {
  const [one, two] = [await recorded(1), await recorded(2)]
  box.segments.mark(one.segmentId)
  box.recorder.refuse('EROFS')
  expect((await cleaner().sweep(signal)).segments).toBe(0)
  expect(box.segments.marked(10)).toEqual([one])
  box.recorder.refuse(undefined)
  expect((await cleaner().sweep(signal)).segments).toBe(1)
  expect(left()).toEqual([two])
})

test('a hold and a deletion that race leave each segment either held or deleted, never both', async () => {
  const { viewpointId } = box.viewpoint
  const segments = await Promise.all(Array.from({ length: 30 }, (_, i) => recorded(60 + i)))
  const range = { fromMs: segments.at(-1)!.startMs, toMs: segments[10]!.endMs }
  const holdId = newId()
  const request = { holdId, viewpointId, range, owner: 'o', reason: 'r', expiresMs: box.clock.nowMs() + dayMs }
  await Promise.all([cleaner().sweep(signal), holds().place(request, newId()), cleaner().sweep(signal)])
  const held = new Set(box.holds.segments(holdId).map(s => s.segmentId))
  for (const s of segments) expect(await onDisk(s)).toBe(held.has(s.segmentId))
  expect(
    left()
      .map(s => s.segmentId)
      .sort()
  ).toEqual([...held].sort())
})

test('what may go is what a plain reading of the rules says', async () => {
  const { viewpointId } = box.viewpoint
  const base = box.clock.nowMs()
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(90), { minLength: 1, maxLength: 15 }),
      fc.array(fc.tuple(fc.nat(90), fc.integer({ min: 1, max: 10 })), { maxLength: 3 }),
      async (ages, heldHours) => {
        box.store.exec('delete from segment; delete from hold_segment; delete from hold')
        const segments = ages.map(age =>
          segmentOf({ channelId: box.channelId, startMs: base - age * 3600_000 - 60_000, endMs: base - age * 3600_000 })
        )
        for (const s of segments) box.segments.insert(s)
        for (const [age, hours] of heldHours)
          box.holds.place({
            holdId: newId(),
            viewpointId,
            fromMs: base - age * 3600_000,
            toMs: base - (age - hours) * 3600_000,
            owner: '',
            reason: '',
            placedMs: 0,
            expiresMs: 0
          })
        const isHeld = (s: Segment): boolean =>
          heldHours.some(
            ([age, hours]) => s.startMs < base - (age - hours) * 3600_000 && s.endMs > base - age * 3600_000
          )
        await cleaner().sweep(signal)
        const expected = segments.filter(s => isHeld(s) || s.endMs >= base - 2 * dayMs)
        expect(
          left()
            .map(s => s.segmentId)
            .sort()
        ).toEqual(expected.map(s => s.segmentId).sort())
      }
    ),
    { numRuns: 30 }
  )
})

test('the clock is trusted again a day after it was stepped by more than an hour', () => {
  const step = { kind: 'clockStepped', channelId: '', runId: '', cause: 'clockStep', bootId: '' } as const
  const at = (nowMs: number, deltaMs: number) =>
    clockIsTrusted({ synchronised: true, nowMs, steps: [{ ...step, atMs: 1e9, deltaMs }] })
  expect(at(1e9 + 1000, 3600_001)).toBe(false)
  expect(at(1e9 + 1000, 1000)).toBe(true)
  expect(at(1e9 - 1000, -7200_000)).toBe(false)
  expect(at(1e9 + dayMs, -7200_000)).toBe(true)
  expect(clockIsTrusted({ synchronised: false, nowMs: 1, steps: [] })).toBe(false)
})

test('a hold takes closed segments at once and later ones as they close, and its end frees them', async () => {
  const keeper = holds()
  const now = box.clock.nowMs()
  const first = await recorded(1)
  const holdId = newId()
  const request = {
    holdId,
    viewpointId: box.viewpoint.viewpointId,
    range: { fromMs: first.startMs, toMs: now + 60_000 },
    owner: 'o',
    reason: 'r',
    expiresMs: now + dayMs
  }
  const placed = await keeper.place(request, newId())
  expect(placed).toMatchObject({ segments: 1, bytes: 100 })
  expect(placed.pendingMs).toBe(3660_000)
  expect(await keeper.place(request, newId())).toEqual(placed)
  expect(box.told.filter(t => t.kind === 'custody')).toHaveLength(1)

  const [later] = runOf({ channelId: box.channelId, startMs: now, lengthMs: 60_000, count: 1 })
  const there = await putFile(box.footageFolder, later!, Buffer.alloc(50))
  box.segments.insert(there)
  keeper.inserted([there])
  expect(keeper.heldBytes()).toBe(150)
  await keeper.settle(signal)
  expect(keeper.linkOf(there.segmentId)).toBe(holdId)
  expect(await onDisk({ ...there, path: `holds/${holdId}/${there.segmentId}.mp4` })).toBe(true)

  expect(await keeper.release(holdId, { orderId: newId(), reason: 'done' })).toBe(150)
  expect(keeper.heldBytes()).toBe(0)
  expect(await onDisk({ ...there, path: `holds/${holdId}` })).toBe(false)
  expect(await onDisk(there)).toBe(true)
})

test('a hold stands though the recorder is silent, is refused beyond the quota, and ends when it has expired', async () => {
  const keeper = makeHolds({
    ...box,
    footage: { ...box.footage, keep: async () => Promise.reject(new Error('silent')) },
    rows: box.holds,
    viewpoint: box.viewpointOf,
    nowMs: () => box.clock.nowMs(),
    quotaBytes: async () => 150
  })
  const { viewpointId } = box.viewpoint
  const one = await recorded(3)
  const two = await recorded(5)
  const request = (s: Segment) => ({
    holdId: newId(),
    viewpointId,
    range: { fromMs: s.startMs, toMs: s.endMs },
    owner: 'o',
    reason: 'r',
    expiresMs: box.clock.nowMs() + 1000
  })
  expect((await keeper.place(request(one), newId())).segments).toBe(1)
  await expect(keeper.place(request(two), newId())).rejects.toMatchObject({ key: 'agent.holdQuota' })
  await expect(keeper.place({ ...request(one), viewpointId: newId() }, newId())).rejects.toMatchObject({
    kind: 'notFound'
  })
  await box.clock.pass(2000)
  const [expired] = await keeper.expire(signal)
  expect(keeper.heldBytes()).toBe(0)
  // No order did it, so none is named.
  expect(box.told.at(-1)?.body).toEqual({ action: 'holdReleased', details: { holdId: expired, reason: 'expired' } })
})
