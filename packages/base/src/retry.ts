import type { Clock } from './clock.ts'

/** Waits between tries: doubling from `firstMs` to `mostMs`, each with ±25 % jitter so that a fleet does not march in step. */
export type BackOff = { next(): number; reset(): void }

export const backOff = (firstMs: number, mostMs: number, random: () => number = Math.random): BackOff => {
  let tries = 0
  return {
    next: () => Math.min(mostMs, firstMs * 2 ** Math.min(tries++, 30)) * (0.75 + random() / 2),
    reset: () => {
      tries = 0
    }
  }
}

/**
 * The supervisor's shape: `runOnce` is linear and throws, `runForever` loops until the signal fires.
 * @param failed is told each failure; the loop waits `wait.next()` before the next try. `runOnce` resets the
 *   back-off itself when it has got far enough to call the last failure mended.
 */
export const runForever = async (options: {
  clock: Clock
  signal: AbortSignal
  wait: BackOff
  runOnce(): Promise<void>
  failed(error: unknown): void
}): Promise<void> => {
  const { clock, signal, wait, runOnce, failed } = options
  while (!signal.aborted) {
    try {
      await runOnce()
    } catch (error) {
      if (signal.aborted) return
      failed(error)
    }
    await clock.sleep(wait.next(), signal).catch(() => {})
  }
}
