import type { GapCause } from '@matthan/protocol/recording'
import type { Range } from '@matthan/protocol/scalars'
import { beside, causeOf } from '../footage/causes.ts'
import { clip, holesOf, spansOf, unite } from '../footage/spans.ts'
import type { RecordingEvent } from '../store/events.ts'
import type { Segment } from '../store/segments.ts'

export type CoveredRange = { recorded: Range[]; gaps: (Range & { cause: GapCause })[] }

/**
 * What these segments (of one channel) cover of `range`: adjoining ones merged, and the gaps between with their
 * causes. Both lists are sorted and disjoint.
 */
export const intervalsOf = (
  segments: readonly Segment[],
  events: readonly RecordingEvent[],
  range: Range
): CoveredRange => {
  const placed = segments.flatMap(segment => spansOf(segment).map(span => ({ span, segment })))
  const recorded = unite(placed.map(p => clip(p.span, range)).filter(span => span !== undefined))
  const gaps = holesOf(recorded, range).map(hole => ({
    ...hole,
    cause: causeOf(hole, { events, ...beside(placed, hole) })
  }))
  return { recorded, gaps }
}
