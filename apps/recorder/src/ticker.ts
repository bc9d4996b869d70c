import type { Clock } from '@matthan/base/clock'

/**
 * One timer for everything that looks around regularly: to wake up costs more than what there is to do then. A look
 * must be short and must not throw.
 */
export type Ticker = {
  /** Calls `look` at each turn, until the function that it gives is called. */
  add(look: () => void): () => void
}

export const makeTicker = (clock: Clock, ms: number, signal: AbortSignal): Ticker => {
  const looks = new Set<() => void>()
  clock.every(
    ms,
    () => {
      for (const look of looks) look()
    },
    signal
  )
  return {
    add: look => {
      looks.add(look)
      return () => void looks.delete(look)
    }
  }
}
