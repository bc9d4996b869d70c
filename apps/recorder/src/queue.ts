import type { Clock } from '@matthan/base/clock'
import { fromUnknown } from '@matthan/base/error'
import type { Log } from '@matthan/base/log'
import { backOff } from '@matthan/base/retry'

/**
 * Jobs one after the other, each tried again: a segment that is closed must get into the journal (I1). A full disk
 * is waited for as long as it takes; anything else is left to the next start's reconciliation in the end, so
 * that one unreadable file does not hold up the others.
 */
export type Queue = {
  add(job: () => Promise<void>): void
  /** Resolves when all is done; gives up on what still fails when the signal fires. */
  drain(signal: AbortSignal): Promise<void>
}

const mostTries = 8

export const makeQueue = (clock: Clock, log: Log): Queue => {
  let last: Promise<void> = Promise.resolve()
  const stop = new AbortController()
  const untilDone = async (job: () => Promise<void>): Promise<void> => {
    const wait = backOff(500, 30_000)
    for (let tries = 1; ; tries++) {
      try {
        return await job()
      } catch (error) {
        log.error({ error }, 'journal job failed')
        const waits = fromUnknown(error).kind === 'exhausted' || tries < mostTries
        if (stop.signal.aborted || !waits) return
        await clock.sleep(wait.next(), stop.signal).catch(() => {})
      }
    }
  }
  return {
    add: job => {
      last = last.then(() => untilDone(job))
    },
    drain: async signal => {
      signal.addEventListener('abort', () => stop.abort(), { once: true })
      if (signal.aborted) stop.abort()
      await last
    }
  }
}
