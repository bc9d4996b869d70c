import type { Assignment } from '@matthan/protocol/entities'
import type { Gap } from '@matthan/protocol/evidence'
import type { Range } from '@matthan/protocol/scalars'
import { beside, causeOf } from '../footage/causes.ts'
import { clip, holesOf, spansOf, unite } from '../footage/spans.ts'
import type { RecordingEvent } from '../store/events.ts'
import type { Segment } from '../store/segments.ts'

/** What is known of one channel that showed the viewpoint within the asked range. */
export type ChannelFootage = {
  assignment: Assignment
  /** Whose envelope overlaps the range, in order of recording. */
  segments: readonly Segment[]
  events: readonly RecordingEvent[]
  /** Retention has taken this channel's footage up to here. */
  overwrittenUntilMs: number
  /** First recording of this channel. */
  firstRunMs: number | undefined
}

export type Selection = {
  segments: Segment[]
  /** Missing = nothing was recorded. */
  delivered: Range | undefined
  gaps: Gap[]
  complete: boolean
}

/**
 * An asked instant is met within 0.5 s only when the frames around it are there: a neighbour that ends or begins
 * this close to the range comes along.
 */
const marginMs = 1000

type Placed = { span: Range; segment: Segment }

/**
 * Chooses the whole segments that cover `asked`, by their anchors and not by their envelopes, and says what is missing.
 * @param recordedUntilMs how far footage can be closed by now; later is `notYetRecorded`.
 */
export const selectFootage = (
  asked: Range,
  channels: readonly ChannelFootage[],
  recordedUntilMs: number
): Selection => {
  const placed: Placed[] = []
  const near: Segment[] = []
  for (const { assignment, segments } of channels) {
    const shown = { fromMs: assignment.fromMs, toMs: assignment.toMs ?? Number.MAX_SAFE_INTEGER }
    const part = clip(asked, shown)
    const wide = clip({ fromMs: asked.fromMs - marginMs, toMs: asked.toMs + marginMs }, shown)
    if (!part || !wide) continue
    for (const segment of segments) {
      const spans = spansOf(segment)
      for (const span of spans) {
        const within = clip(span, part)
        if (within) placed.push({ span: within, segment })
      }
      if (spans.some(span => clip(span, wide))) near.push(segment)
    }
  }
  const recorded = unite(placed.map(p => p.span))
  const gaps = holesOf(recorded, asked).flatMap(hole => explain(hole, placed, channels, recordedUntilMs))
  if (recorded.length === 0) return { segments: [], delivered: undefined, gaps, complete: false }
  const segments = [...new Map(near.map(segment => [segment.segmentId, segment])).values()]
  const spans = segments.flatMap(spansOf)
  const delivered = {
    fromMs: Math.min(...spans.map(span => span.fromMs)),
    toMs: Math.max(...spans.map(span => span.toMs))
  }
  return { segments, delivered, gaps, complete: gaps.length === 0 }
}

/** A hole as one gap, or as several where parts of it have causes of their own. */
const explain = (
  hole: Range,
  placed: readonly Placed[],
  channels: readonly ChannelFootage[],
  recordedUntilMs: number
): Gap[] => {
  const gaps: Gap[] = []
  let rest: Range | undefined = hole
  const take = (untilMs: number, cause: Gap['cause']): void => {
    const part = rest && clip(rest, { fromMs: 0, toMs: untilMs })
    if (part) gaps.push({ ...part, cause })
    rest = rest && clip(rest, { fromMs: untilMs, toMs: Number.MAX_SAFE_INTEGER })
  }
  const begun = channels.map(c => Math.max(c.assignment.fromMs, c.firstRunMs ?? Number.MAX_SAFE_INTEGER))
  if (begun.length === 0) {
    take(recordedUntilMs, 'start')
  } else {
    // Before the first recording there was nothing to lose; before `overwrittenUntil` there may have been.
    take(Math.min(...begun), 'start')
    take(Math.max(...channels.map(c => c.overwrittenUntilMs)), 'overwritten')
  }
  const future = rest && clip(rest, { fromMs: recordedUntilMs, toMs: Number.MAX_SAFE_INTEGER })
  const middle = rest && clip(rest, { fromMs: 0, toMs: recordedUntilMs })
  if (middle) {
    const events = channels.flatMap(c => c.events).toSorted((a, b) => a.atMs - b.atMs)
    gaps.push({ ...middle, cause: causeOf(middle, { events, ...beside(placed, middle) }) })
  }
  if (future) gaps.push({ ...future, cause: 'notYetRecorded' })
  return gaps
}
