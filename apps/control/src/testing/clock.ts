import type { Clock } from '@matthan/base/clock'

/** A clock that a test moves. What was started with `every` runs when the time for it has come. */
export type TestClock = Clock & { advance(ms: number): Promise<void> }

export const makeTestClock = (startMs = 1_790_000_000_000): TestClock => {
  let now = startMs
  const jobs: { dueMs: number; everyMs: number; job: () => void | Promise<void>; signal: AbortSignal }[] = []
  return {
    nowMs: () => now,
    monoMs: () => now - startMs,
    sleep: async () => {
      throw new Error('a test does not sleep')
    },
    every: (everyMs, job, signal) => {
      jobs.push({ dueMs: now + everyMs, everyMs, job, signal })
    },
    advance: async ms => {
      now += ms
      for (const one of jobs)
        while (one.dueMs <= now) {
          one.dueMs += one.everyMs
          if (one.dueMs > now && !one.signal.aborted) await one.job()
        }
    }
  }
}
