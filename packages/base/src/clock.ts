import { readFileSync } from 'node:fs'
import { setImmediate as afterPending, setTimeout as sleepFor } from 'node:timers/promises'

/**
 * I8: wall time is for people, monotonic time for durations. This file is the only one that may ask the
 * system for either, or set a timer (law L3); everything else is handed a `Clock`.
 */
export type Clock = {
  /** Wall time, milliseconds since 1970 UTC, as the clock of this machine has it. */
  nowMs(): number
  /** Milliseconds since an arbitrary start; never steps, also not when the wall clock is set. */
  monoMs(): number
  /** Resolves after `ms`; rejects with AbortError when the signal fires first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `job` after each `ms` until the signal fires. A job that is still running is not started again. */
  every(ms: number, job: () => void | Promise<void>, signal: AbortSignal): void
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monoMs: () => Number(process.hrtime.bigint() / 1000n) / 1000,
  sleep: async (ms, signal) => {
    await sleepFor(ms, undefined, signal ? { signal } : {})
  },
  every: (ms, job, signal) => {
    let running = false
    const timer = setInterval(async () => {
      if (running) return
      running = true
      try {
        await job()
      } finally {
        running = false
      }
    }, ms)
    if (signal.aborted) clearInterval(timer)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  }
}

/** Lets everything that is waiting have its turn: for long work on the main thread, between two pieces. */
export const nextTurn = async (): Promise<void> => {
  await afterPending()
}

/** Fails with AbortError when `ms` pass first; the work is told by the signal. */
export const withDeadline = async <T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal
): Promise<T> => {
  const signal = outer ? AbortSignal.any([outer, AbortSignal.timeout(ms)]) : AbortSignal.timeout(ms)
  const expired = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return await Promise.race([work(signal), expired])
}

/** An instant as it is stored and sent: which clock made it, and whether that clock was synchronised (I8). */
export type Instant = { ms: number; clock: 'box' | 'centre'; synchronised: boolean }

/** The id of this boot of this machine (Linux `random(4)`), so that monotonic times of two boots are never compared. */
export const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

/** dd/MM/yyyy HH:mm:ss (UTC+7): how a person in Vietnam reads an instant. Viet Nam has no daylight saving time. */
export const sayInstant = (ms: number): string => {
  const d = new Date(ms + 7 * 3600_000).toISOString()
  return `${d.slice(8, 10)}/${d.slice(5, 7)}/${d.slice(0, 4)} ${d.slice(11, 19)} (UTC+7)`
}

/** RFC 3339 in UTC with milliseconds, for machines. */
export const isoInstant = (ms: number): string => new Date(ms).toISOString()

/** Milliseconds since 1970 UTC of an RFC 3339 instant with its zone, or undefined when it is none. */
export const parseInstant = (text: string): number | undefined => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined
  const ms = Date.parse(text)
  return Number.isFinite(ms) ? ms : undefined
}
