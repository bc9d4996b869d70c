import { newId } from '@matthan/base/id'
import type { Coverage } from '@matthan/protocol/facts'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { goneSpans } from '../footage/spans.ts'
import { coverageMarks } from '../store/coverage.ts'
import type { Segment } from '../store/segments.ts'
import { makeTestBox, runOf, segmentOf, type TestBox } from '../testing/box.ts'
import { makeCoverage } from './coverage.ts'

let box: TestBox
let coverage: ReturnType<typeof makeCoverage>
const t0 = Date.UTC(2026, 10, 24, 3)

beforeEach(async () => {
  box = await makeTestBox()
  const assignmentsOf = (channelId: string) => box.assignments.filter(a => a.channelId === channelId)
  coverage = makeCoverage({ ...box, marks: coverageMarks(box.store), assignmentsOf })
})
afterEach(() => box.close())

const add = (...segments: Segment[]): void => {
  for (const segment of segments) box.segments.insert(segment)
}
const facts = (): Coverage[] => box.told.filter(t => t.kind === 'coverage').map(t => t.body)
const seconds = (ranges: readonly { fromMs: number; toMs: number }[]) =>
  ranges.map(r => [(r.fromMs - t0) / 1000, (r.toMs - t0) / 1000])
const run = (fromSeconds: number, count: number) =>
  runOf({ channelId: box.channelId, startMs: t0 + fromSeconds * 1000, lengthMs: 10_000, count })

test('adjoining segments are one interval, told once', () => {
  add(...run(0, 6))
  expect(coverage.tell()).toBe(1)
  expect(coverage.tell()).toBe(0)
  expect(seconds(facts()[0]!.recorded)).toEqual([[0, 60]])
  expect(facts()[0]!.gaps).toEqual([])
})

test('a gap is told with the footage after it, with its bounds and its cause', () => {
  add(...run(0, 2))
  coverage.tell()
  const runId = newId()
  box.events.insert({
    event: 'runEnded',
    channelId: box.channelId,
    runId,
    atMs: t0 + 21_000,
    cause: 'link',
    detail: ''
  })
  box.events.insert({
    event: 'runStarted',
    channelId: box.channelId,
    runId,
    atMs: t0 + 49_000,
    bootId: 'b',
    cause: 'link'
  })
  add(...run(50, 1))
  coverage.tell()
  const last = facts().at(-1)!
  expect(seconds([last])).toEqual([[20, 60]])
  expect(seconds(last.recorded)).toEqual([[50, 60]])
  expect(seconds(last.gaps)).toEqual([[20, 50]])
  expect(last.gaps[0]!.cause).toBe('link')
})

test('a jump of the clock between two segments of one run is no missing footage', () => {
  const [one] = run(0, 1)
  add(
    one!,
    segmentOf({
      ...one!,
      segmentId: newId(),
      index: 1,
      path: one!.path.replace('000000', '000001'),
      startMs: t0 + 3610_000,
      endMs: t0 + 3620_000,
      mediaStartMs: 10_000,
      mediaEndMs: 20_000,
      anchors: [{ fromMediaMs: 10_000, utcMinusMediaMs: t0 + 3600_000 }]
    })
  )
  coverage.tell()
  expect(facts()[0]!.gaps.map(g => g.cause)).toEqual(['clockStep'])
})

test('a viewpoint that moves to another channel is told for each by its own dates', () => {
  const before = box.assignments[0]!
  const { viewpointId } = box.viewpoint
  const other = newId()
  box.assignments.splice(
    0,
    1,
    { ...before, toMs: t0 + 30_000 },
    { assignmentId: newId(), channelId: box.channelId, viewpointId: other, fromMs: t0 + 30_000 }
  )
  add(...run(0, 6))
  coverage.tell()
  expect(facts().map(f => [f.viewpointId, ...seconds(f.recorded)])).toEqual([
    [viewpointId, [0, 30]],
    [other, [30, 60]]
  ])
})

test('a thousand short runs are told in several facts that adjoin, each small enough to be sent', () => {
  for (let i = 0; i < 1000; i++)
    add(segmentOf({ channelId: box.channelId, startMs: t0 + i * 10_000, endMs: t0 + i * 10_000 + 5000 }))
  coverage.tell()
  expect(facts().length).toBeGreaterThan(2)
  expect(facts().reduce((sum, f) => sum + f.recorded.length, 0)).toBe(1000)
  for (const [i, fact] of facts().entries()) {
    if (i > 0) expect(fact.fromMs).toBe(facts()[i - 1]!.toMs)
    expect(JSON.stringify(fact).length).toBeLessThan(90_000)
  }
})

test('whatever comes and goes in whatever batches, what was told together is what is there', () => {
  const batch = fc.record({
    from: fc.nat(100),
    count: fc.integer({ min: 1, max: 8 }),
    tells: fc.boolean(),
    goes: fc.array(fc.nat(200), { maxLength: 6 }),
    tellsGone: fc.boolean()
  })
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 12 }), batches => {
      box.store.exec('delete from segment; delete from meta; delete from footage_gone')
      box.told.length = 0
      const there: { at: number; segment: Segment }[] = []
      const said = new Map<number, boolean>()
      for (const { from, count, tells, goes, tellsGone } of batches) {
        const added = run(from * 10, count)
        add(...added)
        there.push(...added.map((segment, i) => ({ at: from + i, segment })))
        if (tells) coverage.tell()
        for (const n of goes) {
          const [one] = there.splice(n % (there.length + 1), 1)
          if (one) box.segments.removeDeleted([one.segment], goneSpans([one.segment], 'overwritten'))
        }
        if (tellsGone) coverage.tellGone()
      }
      coverage.tell()
      coverage.tellGone()
      // Each fact replaces what was said of its range before.
      for (const fact of facts())
        for (let at = (fact.fromMs - t0) / 10_000; at < (fact.toMs - t0) / 10_000; at++)
          said.set(
            at,
            fact.recorded.some(r => r.fromMs <= t0 + at * 10_000 + 5000 && t0 + at * 10_000 + 5000 < r.toMs)
          )
      const told = [...said].filter(([, is]) => is).map(([at]) => at)
      expect(told.sort((a, b) => a - b)).toEqual([...new Set(there.map(one => one.at))].sort((a, b) => a - b))
    }),
    { numRuns: 100 }
  )
})

test('footage that retention took or that was lost is told again as a gap, and only that', async () => {
  const recorded = [...run(0, 6), ...run(100, 2)]
  add(...recorded)
  coverage.tell()
  const [one, two, three] = recorded
  box.segments.removeDeleted([one!, two!], goneSpans([one!, two!], 'overwritten'))
  box.segments.removeLost(three!.segmentId, goneSpans([three!], 'unknown'))
  const before = facts().length
  expect(coverage.tellGone()).toBe(2)
  expect(coverage.tellGone()).toBe(0)
  const [taken, lost] = facts().slice(before)
  expect(seconds([taken!, lost!])).toEqual([
    [0, 20],
    [20, 30]
  ])
  expect([...taken!.gaps, ...lost!.gaps].map(gap => gap.cause)).toEqual(['overwritten', 'unknown'])
  expect([...taken!.recorded, ...lost!.recorded]).toEqual([])
})
