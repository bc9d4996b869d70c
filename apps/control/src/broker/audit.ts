import type { Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'

/** Refusals of one kind by one party are told once in this time; the rest is counted. */
const quietMs = 60_000
/** Parties remembered; whoever makes more addresses than this only makes older ones be told again. */
const mostParties = 5000

export type Refusal = {
  /** Short English words; never anything that the other side sent. */
  what: string
  boxId?: string | undefined
  address?: string | undefined
}

export type Audit = (refusal: Refusal, cause?: unknown) => void

/** Writes refusals into the log, limited, so that an attack does not fill the disk with its own record. */
export const makeAudit = (listener: string, log: Log, clock: Clock): Audit => {
  const seen = new Map<string, { sinceMs: number; count: number }>()
  return (refusal, cause) => {
    const party = `${refusal.what} ${refusal.boxId ?? refusal.address ?? ''}`
    const entry = seen.get(party)
    const nowMs = clock.monoMs()
    if (entry && nowMs - entry.sinceMs < quietMs) {
      entry.count++
      return
    }
    seen.delete(party)
    if (seen.size >= mostParties) for (const [oldest] of seen.entries().take(1)) seen.delete(oldest)
    seen.set(party, { sinceMs: nowMs, count: 0 })
    const reason = cause instanceof Error ? cause.message.slice(0, 300) : undefined
    log.warn({ listener, ...refusal, reason, more: entry?.count ?? 0 }, 'refused')
  }
}
