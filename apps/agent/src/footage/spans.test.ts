import fc from 'fast-check'
import { expect, test } from 'vitest'
import { segmentOf } from '../testing/box.ts'
import { holesOf, seamMs, spansOf, unite } from './spans.ts'

const spans = fc.array(
  fc.tuple(fc.nat(200), fc.nat(20)).map(([from, length]) => ({ fromMs: from * 1000, toMs: (from + length) * 1000 })),
  { maxLength: 30 }
)

test('what is recorded and what is missing together are the range, second by second', () => {
  fc.assert(
    fc.property(spans, fc.nat(100), fc.integer({ min: 1, max: 120 }), (some, from, length) => {
      const range = { fromMs: from * 1000, toMs: (from + length) * 1000 }
      const covered = (ms: number): boolean => some.some(s => s.fromMs <= ms && ms < s.toMs)
      const united = unite(some.filter(s => s.toMs > s.fromMs))
      const holes = holesOf(united, range)
      for (let ms = range.fromMs + 500; ms < range.toMs; ms += 1000) {
        const inUnited = united.some(s => s.fromMs <= ms && ms < s.toMs)
        expect(inUnited).toBe(covered(ms))
        expect(holes.some(h => h.fromMs <= ms && ms < h.toMs)).toBe(!covered(ms))
      }
      for (const [i, s] of united.entries()) if (i > 0) expect(s.fromMs - united[i - 1]!.toMs).toBeGreaterThan(seamMs)
    })
  )
})

test('a step of the clock inside a segment makes two spans, each by its own anchor', () => {
  const hourMs = 3600_000
  const startMs = Date.UTC(2026, 10, 24, 3)
  const segment = segmentOf({
    channelId: 'c',
    startMs: startMs - hourMs,
    endMs: startMs + 4000,
    mediaStartMs: 60_000,
    mediaEndMs: 70_000,
    anchors: [
      { fromMediaMs: 64_000, utcMinusMediaMs: startMs - hourMs - 60_000 },
      { fromMediaMs: 0, utcMinusMediaMs: startMs - 60_000 }
    ]
  })
  expect(spansOf(segment)).toEqual([
    { fromMs: startMs, toMs: startMs + 4000 },
    { fromMs: startMs - hourMs + 4000, toMs: startMs - hourMs + 10_000 }
  ])
})
