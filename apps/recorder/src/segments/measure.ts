import type { SeenFragment } from './follow.ts'

/** What the newest fragments say about a stream. */
export type Measures = {
  add(fragment: SeenFragment, monoMs: number): void
  /** The longest of the last fragments: a camera may stretch its GOP when nothing moves. */
  gopMs(): number | undefined
  fps(): number | undefined
  bitrateBps(): number | undefined
  /** Media time has nearly stopped while fragments keep coming: a camera whose RTP time jumped back. */
  standsStill(): boolean
}

const window = 10
/** Media must have passed at least this share of the real time. */
const slowestShare = 0.5
const shortestJudgedMs = 8000

export const makeMeasures = (): Measures => {
  const last: (SeenFragment & { monoMs: number })[] = []
  let count = 0
  const total = (of: (one: SeenFragment) => number): number => last.reduce((sum, one) => sum + of(one), 0)
  const mediaMs = (): number => total(one => one.durationMs)
  return {
    add: (fragment, monoMs) => {
      // The first one of a run may be stretched by the lead-in.
      if (count++ === 1) last.length = 0
      last.push({ ...fragment, monoMs })
      if (last.length > window) last.shift()
    },
    gopMs: () => (last.length === 0 ? undefined : Math.max(...last.map(one => one.durationMs))),
    fps: () => (mediaMs() > 0 ? (total(one => one.frames) * 1000) / mediaMs() : undefined),
    bitrateBps: () => (mediaMs() > 0 ? (total(one => one.bytes) * 8000) / mediaMs() : undefined),
    standsStill: () => {
      const passedMs = (last.at(-1)?.monoMs ?? 0) - (last[0]?.monoMs ?? 0)
      const [first] = last
      if (last.length < 4 || !first || passedMs < shortestJudgedMs) return false
      return mediaMs() - first.durationMs < passedMs * slowestShare
    }
  }
}
