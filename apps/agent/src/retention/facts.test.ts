import { newId } from '@matthan/base/id'
import { Retention } from '@matthan/protocol/facts'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestBox, runOf, segmentOf, type TestBox } from '../testing/box.ts'
import { isShort, makeRetention } from './facts.ts'

let box: TestBox
beforeEach(async () => {
  box = await makeTestBox()
})
afterEach(() => box.close())

const hourMs = 3600_000
const space = async () => ({
  ...{ diskId: newId(), mount: '/', device: 'd', fileSystem: 'f', readOnly: false },
  totalBytes: 1e9,
  freeBytes: 5e8
})
const retention = () =>
  makeRetention({ ...box, viewpoints: () => [box.viewpoint], space, nowMs: () => box.clock.nowMs() })
const started = (hoursAgo: number): void =>
  box.events.insert({
    event: 'runStarted',
    channelId: box.channelId,
    runId: newId(),
    atMs: box.clock.nowMs() - hoursAgo * hourMs,
    bootId: 'b',
    cause: 'start'
  })

test('a box that records without a break since yesterday covers what it can, and is not short', async () => {
  started(20)
  const startMs = box.clock.nowMs() - 20 * hourMs
  for (const s of runOf({ channelId: box.channelId, startMs, lengthMs: hourMs, count: 20 })) box.segments.insert(s)
  const told = Retention.parse(await retention().now())
  const [entry] = told.viewpoints
  expect(entry).toMatchObject({ coveredHours: 20, requiredHours: 20, footageBytes: 20_000, oldestMs: startMs })
  expect(entry!.bytesPerDay).toBeCloseTo(24_000)
  expect(told.disks[0]!.daysUntilFull).toBeCloseTo(5e8 / 24_000)
  expect(isShort(entry!)).toBe(false)
})

test('a viewpoint whose camera was replaced goes on with the footage of both channels', async () => {
  const now = box.clock.nowMs()
  const other = newId()
  const [before] = box.assignments
  const changedMs = now - 10 * hourMs
  box.assignments.splice(
    0,
    1,
    { ...before!, toMs: changedMs },
    { ...before!, assignmentId: newId(), channelId: other, fromMs: changedMs }
  )
  started(30)
  const earlier = runOf({ channelId: box.channelId, startMs: now - 30 * hourMs, lengthMs: hourMs, count: 20 })
  const later = runOf({ channelId: other, startMs: changedMs, lengthMs: hourMs, count: 10 })
  for (const s of [...earlier, ...later]) box.segments.insert(s)
  const [entry] = (await retention().now()).viewpoints
  expect(entry).toMatchObject({ channelId: other, coveredHours: 30, requiredHours: 30, footageBytes: 30_000 })
})

test('hours and bytes are what a plain sum over the segments says, whatever is recorded, held or missing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(70), { maxLength: 20 }),
      fc.array(fc.nat(70), { maxLength: 3 }),
      fc.integer({ min: 1, max: 80 }),
      async (hours, holds, commissioned) => {
        box.store.exec('delete from hold_segment; delete from hold; delete from segment; delete from recording_event')
        const now = box.clock.nowMs()
        started(commissioned)
        const segments = hours.map(h => {
          const startMs = now - (h + 1) * hourMs
          return segmentOf({ channelId: box.channelId, startMs, endMs: startMs + hourMs, bytes: h + 1 })
        })
        for (const s of segments) box.segments.insert(s)
        for (const h of holds) {
          const holdId = newId()
          const hold = { viewpointId: box.viewpoint.viewpointId, owner: '', reason: '', placedMs: 0, expiresMs: 0 }
          box.holds.place({ ...hold, holdId, fromMs: now - (h + 1) * hourMs, toMs: now - h * hourMs })
          for (const s of segments.filter(one => one.bytes === h + 1))
            box.holds.addSegment(holdId, s.segmentId, s.bytes)
        }
        const [entry] = (await retention().now()).viewpoints
        const required = Math.min(48, commissioned)
        const free = hours.filter(h => !holds.includes(h))
        expect(entry!.requiredHours).toBe(required)
        expect(entry!.coveredHours).toBe(hours.filter(h => h < required).length)
        expect(entry!.footageBytes).toBe(hours.reduce((sum, h) => sum + h + 1, 0))
        expect(entry!.heldBytes).toBe(hours.filter(h => holds.includes(h)).reduce((sum, h) => sum + h + 1, 0))
        expect(entry!.oldestMs).toBe(free.length > 0 ? now - (Math.max(...free) + 1) * hourMs : undefined)
      }
    ),
    { numRuns: 60 }
  )
})
