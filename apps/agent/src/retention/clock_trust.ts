import type { RecordingEvent } from '../store/events.ts'

/** A step beyond this makes ages meaningless for a while (0-decisions, Recording). */
const stepMs = 3600_000
const quarantineMs = 24 * 3600_000

/**
 * Whether footage may be deleted for its age: the clock is synchronised, and has not been stepped by more than an
 * hour within the last day. Otherwise only space counts, in order of recording.
 */
export const clockIsTrusted = (options: {
  synchronised: boolean
  nowMs: number
  /** Newest first. */
  steps: readonly RecordingEvent[]
}): boolean => {
  const { synchronised, nowMs, steps } = options
  const step = steps.find(s => Math.abs(s.deltaMs) > stepMs)
  return synchronised && (!step || (nowMs >= step.atMs && nowMs - step.atMs >= quarantineMs))
}
