import type { Clock } from '@matthan/base/clock'

/** One timer that all channels wait for together: thirty-two timers of their own would cost more than the work. */
export type Ticker = { next(): Promise<void> }

export const makeTicker = (clock: Clock, ms: number, signal: AbortSignal): Ticker => {
  let { promise, resolve } = Promise.withResolvers<void>()
  const turn = () => {
    resolve()
    ;({ promise, resolve } = Promise.withResolvers<void>())
  }
  clock.every(ms, turn, signal)
  signal.addEventListener('abort', () => resolve(), { once: true })
  return { next: () => (signal.aborted ? Promise.resolve() : promise) }
}
