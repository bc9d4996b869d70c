import type { Clock } from '@matthan/base/clock'

/** Passes the first call on, and then the newest one each `everyMs`; what came between is dropped. */
export const throttle = <T>(
  options: { clock: Clock; everyMs: number; signal: AbortSignal },
  pass: (value: T) => void
): ((value: T) => void) => {
  const { clock, everyMs, signal } = options
  let lastMonoMs = Number.NEGATIVE_INFINITY
  let waiting: { value: T } | undefined
  const now = (value: T): void => {
    lastMonoMs = clock.monoMs()
    pass(value)
  }
  return value => {
    if (signal.aborted) return
    const leftMs = lastMonoMs + everyMs - clock.monoMs()
    if (leftMs <= 0 && !waiting) return now(value)
    const scheduled = waiting !== undefined
    waiting = { value }
    if (scheduled) return
    void clock.sleep(Math.max(0, leftMs), signal).then(
      () => {
        const newest = waiting
        waiting = undefined
        if (newest) now(newest.value)
      },
      () => {
        waiting = undefined
      }
    )
  }
}
