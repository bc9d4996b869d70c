import type { Clock } from '@matthan/base/clock'

/** A clock that stands until it is told to go; sleepers wake when their time has come. */
export type FakeClock = Clock & {
  /** Lets both times pass, waking sleepers in order. */
  pass(ms: number): Promise<void>
  /** Sets the wall clock alone, as a step does. */
  step(ms: number): void
}

export const fakeClock = (startMs = Date.UTC(2026, 10, 24, 3, 0, 0)): FakeClock => {
  let wall = startMs
  let mono = 1000
  let sleepers: { at: number; wake(): void }[] = []
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      sleepers.push({ at: mono + ms, wake: resolve })
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  return {
    nowMs: () => wall,
    monoMs: () => mono,
    sleep,
    every: (ms, job, signal) => {
      const loop = async (): Promise<void> => {
        while (!signal.aborted) {
          await sleep(ms, signal).catch(() => {})
          if (!signal.aborted) await job()
        }
      }
      void loop()
    },
    step: ms => {
      wall += ms
    },
    pass: async ms => {
      const until = mono + ms
      for (;;) {
        const next = sleepers.filter(s => s.at <= until).toSorted((a, b) => a.at - b.at)[0]
        if (!next) break
        wall += next.at - mono
        mono = next.at
        sleepers = sleepers.filter(s => s !== next)
        next.wake()
        await new Promise(resolve => setImmediate(resolve))
      }
      wall += until - mono
      mono = until
    }
  }
}
