import type { Clock } from '@matthan/base/clock'

/** Lets `perSecond` through, and `burst` at once after a pause; who comes too fast waits his turn, nobody is refused. */
export type Rate = { take(): Promise<void> }

export const makeRate = (options: { perSecond: number; burst: number; clock: Clock; signal: AbortSignal }): Rate => {
  const { perSecond, burst, clock, signal } = options
  let tokens = burst
  let atMs = clock.monoMs()
  let last = Promise.resolve()

  const fill = (): void => {
    const nowMs = clock.monoMs()
    tokens = Math.min(burst, tokens + ((nowMs - atMs) / 1000) * perSecond)
    atMs = nowMs
  }
  const turn = async (): Promise<void> => {
    fill()
    while (tokens < 1) {
      await clock.sleep(((1 - tokens) / perSecond) * 1000 + 1, signal)
      fill()
    }
    tokens--
  }
  return {
    take: () => {
      last = last.then(turn)
      // The caller sees the failure; the chain must not have a second, unseen one.
      last.catch(() => {})
      return last
    }
  }
}
