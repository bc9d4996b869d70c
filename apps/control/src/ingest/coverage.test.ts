import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Interval } from '../store/footage.ts'
import { fillCoverage, replaceCoverage } from './coverage.ts'

const span = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 })).map(([a, b]) => ({
  fromMs: Math.min(a, b),
  toMs: Math.max(a, b)
}))
const stated = fc.record({
  range: span.filter(one => one.toMs > one.fromMs),
  recorded: fc.array(span, { maxLength: 4 }),
  gaps: fc.array(
    span.map(one => ({ ...one, cause: 'power' as const })),
    { maxLength: 4 }
  )
})
const asBody = (one: { range: { fromMs: number; toMs: number }; recorded: object[]; gaps: object[] }) =>
  ({ ...one.range, recorded: one.recorded, gaps: one.gaps }) as Parameters<typeof replaceCoverage>[1]

const isTidy = (intervals: readonly Interval[]): boolean =>
  intervals.every((one, i) => {
    const next = intervals[i + 1]
    if (one.toMs <= one.fromMs) return false
    return !next || next.fromMs > one.toMs || (next.fromMs === one.toMs && next.cause !== one.cause)
  })
const at = (intervals: readonly Interval[], ms: number) =>
  intervals.find(one => one.fromMs <= ms && ms < one.toMs)?.cause

test('a statement replaces exactly its range and the intervals stay apart and merged', () => {
  fc.assert(
    fc.property(fc.array(stated, { maxLength: 6 }), statements => {
      let known: Interval[] = []
      for (const one of statements) {
        const before = known
        known = replaceCoverage(known, asBody(one))
        expect(isTidy(known)).toBe(true)
        for (let ms = 0; ms < 30; ms++)
          if (ms < one.range.fromMs || ms >= one.range.toMs) expect(at(known, ms)).toBe(at(before, ms))
          else if (!one.recorded.concat(one.gaps).some(each => each.fromMs <= ms && ms < each.toMs))
            expect(at(known, ms)).toBeUndefined()
      }
    })
  )
})

test('a late statement changes nothing that is known', () => {
  fc.assert(
    fc.property(stated, stated, (first, late) => {
      const before = replaceCoverage([], asBody(first))
      const after = fillCoverage(before, asBody(late))
      expect(isTidy(after)).toBe(true)
      for (let ms = 0; ms < 30; ms++) if (at(before, ms) !== undefined) expect(at(after, ms)).toBe(at(before, ms))
    })
  )
})
