import { expect, test } from 'vitest'
import { makeMeasures } from './measure.ts'

const gop = { durationMs: 2000, frames: 30, frameMs: 67, bytes: 100_000 }

test('rates and the longest GOP come from the last fragments, without the stretched first one', () => {
  const measures = makeMeasures()
  expect([measures.gopMs(), measures.fps(), measures.bitrateBps()]).toEqual([undefined, undefined, undefined])
  measures.add({ ...gop, durationMs: 3900 }, 0)
  expect(measures.gopMs()).toBe(3900)
  for (let i = 1; i < 5; i++) measures.add(gop, i * 2000)
  expect([measures.gopMs(), measures.fps(), measures.bitrateBps()]).toEqual([2000, 15, 400_000])
  measures.add({ ...gop, durationMs: 8000 }, 20_000)
  expect(measures.gopMs()).toBe(8000)
})

test('a camera whose time stamps stand still is told from one that only stuttered', () => {
  const squeezed = makeMeasures()
  const fine = makeMeasures()
  for (let i = 0; i < 10; i++) {
    squeezed.add({ ...gop, durationMs: i < 3 ? 2000 : 2 }, i * 2000)
    fine.add(gop, i * 2000 + (i === 5 ? 1900 : 0))
  }
  expect(squeezed.standsStill()).toBe(true)
  expect(fine.standsStill()).toBe(false)
})
