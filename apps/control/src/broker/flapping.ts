import type { Clock } from '@matthan/base/clock'

/**
 * Two boxes with one identity evict each other for ever (5-security, finding 4: 15 times in 3 s). Who connects more than
 * `most` times in a minute is kept out for a while.
 */
export type Flapping = { /** Counts a connection; false when this box must wait. */ admit(boxId: string): boolean }

const windowMs = 60_000

export const makeFlapping = (options: { most: number; banMs: number; clock: Clock }): Flapping => {
  const { most, banMs, clock } = options
  const boxes = new Map<string, { times: number[]; untilMs: number }>()
  return {
    admit: boxId => {
      const nowMs = clock.monoMs()
      const box = boxes.get(boxId) ?? { times: [], untilMs: 0 }
      boxes.set(boxId, box)
      if (nowMs < box.untilMs) return false
      box.times = [...box.times.filter(ms => nowMs - ms < windowMs), nowMs]
      if (box.times.length <= most) return true
      box.untilMs = nowMs + banMs
      box.times = []
      return false
    }
  }
}
