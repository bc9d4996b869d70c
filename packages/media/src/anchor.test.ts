import type { Clock } from '@matthan/base/clock'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ClockStep, makeAnchorKeeper, makeClockWatch, utcAnchors, utcOfMedia } from './anchor.ts'

const never = () => {
  throw new Error('not used')
}
const fakeClock = (start: { wall: number; mono: number }) => {
  const at = { ...start }
  const clock: Clock = { nowMs: () => at.wall, monoMs: () => at.mono, sleep: never, every: never }
  const pass = (ms: number) => {
    at.wall += ms
    at.mono += ms
  }
  return { clock, at, pass }
}

test('the anchor is the least delayed arrival of the window', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 3000, noNaN: true }), { minLength: 1, maxLength: 60 }), delays => {
      const keeper = makeAnchorKeeper()
      // The first arrivals are the latest ones, as at the start of a run; nothing jumps.
      delays.sort((a, b) => b - a)
      for (const [i, delay] of delays.entries()) keeper.add({ mediaMs: i * 2000, monoMs: 5000 + i * 2000 + delay })
      expect(keeper.anchors().at(-1)!.monoMinusMediaMs).toBeCloseTo(5000 + Math.min(...delays), 6)
    })
  )
})

test('an arrival that is older than the window is forgotten', () => {
  const keeper = makeAnchorKeeper()
  for (let i = 0; i < 100; i++) keeper.add({ mediaMs: i * 2000, monoMs: i * 2000 + (i < 10 ? 100 : 400) })
  expect(keeper.anchors()).toMatchObject([{ monoMinusMediaMs: 400 }])
})

test('a camera that sets its clock ahead begins a new piece of media time', () => {
  const keeper = makeAnchorKeeper()
  for (let i = 0; i < 10; i++) keeper.add({ mediaMs: i * 2000, monoMs: i * 2000 + 50 })
  for (let i = 10; i < 20; i++) keeper.add({ mediaMs: 3600_000 + i * 2000, monoMs: i * 2000 + 50 })
  expect(keeper.anchors()).toMatchObject([
    { monoMinusMediaMs: 50 },
    { fromMediaMs: 3620_000, monoMinusMediaMs: 50 - 3600_000 }
  ])
})

test('a step of the wall clock is told once, and a segment around it has two anchors', () => {
  const { clock, at, pass } = fakeClock({ wall: 1_000_000, mono: 500 })
  const steps: ClockStep[] = []
  const watch = makeClockWatch(clock, step => steps.push(step))
  for (let i = 0; i < 10; i++, pass(1000)) watch.sample()
  at.wall += 3600_000
  for (let i = 0; i < 10; i++, pass(1000)) watch.sample()
  expect(steps).toEqual([{ atMs: 4_610_000, beforeMs: 1_010_000, deltaMs: 3600_000 }])

  const anchors = utcAnchors({ fromMs: 0, toMs: 20_000 }, [{ fromMediaMs: 0, monoMinusMediaMs: 500 }], watch.epochs())
  expect(anchors).toEqual([
    { fromMediaMs: 0, utcMinusMediaMs: 1_000_000 },
    { fromMediaMs: 10_000, utcMinusMediaMs: 4_600_000 }
  ])
  expect(utcOfMedia(9_999, anchors)).toBe(1_009_999)
  expect(utcOfMedia(10_000, anchors)).toBe(4_610_000)
})

test('small differences between the clocks are no steps', () => {
  const { clock, at, pass } = fakeClock({ wall: 1_000_000, mono: 0 })
  const watch = makeClockWatch(clock, never)
  for (let i = 0; i < 50; i++, pass(1000)) {
    at.wall += i % 2 ? 30 : -30
    watch.sample()
  }
  expect(watch.epochs()).toHaveLength(1)
})

test('the time of a write is read from the mtime, unless the clock was stepped since', () => {
  const { clock, at, pass } = fakeClock({ wall: 1_000_000, mono: 0 })
  const watch = makeClockWatch(clock)
  pass(10_000)
  expect(watch.monoOfMtime(1_009_700, 2000)).toBe(9700)
  at.wall -= 60_000
  expect(watch.monoOfMtime(1_009_700, 2000)).toBe(10_000)
})
