import type { GapCause } from '@matthan/protocol/recording'
import type { Range } from '@matthan/protocol/scalars'
import type { RecordingEvent } from '../store/events.ts'
import type { Segment } from '../store/segments.ts'

/** An event stands at most this far outside the gap that it explains: a run starts before its first segment does. */
const slackMs = 15_000

/** What is known of a channel around a gap. */
export type Surroundings = {
  /** Of the channel, by time, some before and after the gap included. */
  events: readonly RecordingEvent[]
  /** The segments that end and begin the gap, where there are such. */
  before: Segment | undefined
  after: Segment | undefined
}

/**
 * Why nothing was recorded in `gap`, from what the recorder wrote down. Both sides of one run without a break mean
 * that only the clock jumped (4-evidence 6.3: a forward step is a false gap).
 */
export const causeOf = (gap: Range, { events, before, after }: Surroundings): GapCause => {
  if (before && after && before.runId === after.runId && Math.abs(after.mediaStartMs - before.mediaEndMs) < 1000)
    return 'clockStep'
  const within = events.filter(e => e.atMs >= gap.fromMs - slackMs && e.atMs <= gap.toMs + slackMs)
  // Why recording stopped says more than why it began again; a crash writes no end, the next start tells then.
  const told = [
    ...within.filter(e => e.kind === 'runEnded'),
    ...within.filter(e => e.kind === 'runStarted' && e.atMs >= gap.fromMs)
  ].map(e => e.cause)
  const precise = told.find(cause => cause !== 'unknown' && cause !== 'start')
  if (precise) return precise
  if (before && after && before.bootId !== after.bootId) return 'power'
  return told[0] ?? (before || after ? 'unknown' : 'recorder')
}

/** The segment that ends last before a hole, and the one that begins first after it. */
export const beside = (
  placed: readonly { span: Range; segment: Segment }[],
  hole: Range
): { before: Segment | undefined; after: Segment | undefined } => {
  let before: { span: Range; segment: Segment } | undefined
  let after: { span: Range; segment: Segment } | undefined
  for (const one of placed) {
    if (one.span.toMs <= hole.fromMs + 1 && (!before || one.span.toMs > before.span.toMs)) before = one
    if (one.span.fromMs >= hole.toMs - 1 && (!after || one.span.fromMs < after.span.fromMs)) after = one
  }
  return { before: before?.segment, after: after?.segment }
}
