import type { Assignment } from '@matthan/protocol/entities'
import type { Coverage } from '@matthan/protocol/facts'
import type { GapCause } from '@matthan/protocol/recording'
import type { Range } from '@matthan/protocol/scalars'
import type { Store } from '@matthan/sqlite/open'
import { clip, unite } from '../footage/spans.ts'
import type { Spool } from '../spool/spool.ts'
import type { CoverageMarks } from '../store/coverage.ts'
import type { Events } from '../store/events.ts'
import type { GoneRows } from '../store/gone.ts'
import type { Segments } from '../store/segments.ts'
import { intervalsOf } from './intervals.ts'

export type CoverageDeps = {
  store: Store
  segments: Segments
  events: Events
  marks: CoverageMarks
  gone: GoneRows
  spool: Spool
  /** All assignments of a channel, ended ones too. */
  assignmentsOf(channelId: string): readonly Assignment[]
}

/** One fact stays well below a message (limits.windowBytes). */
const mostIntervals = 400

/**
 * Tells the centre what was recorded since it was told last: one fact a channel and viewpoint, called once a minute.
 * What was told and the fact are one transaction, so nothing is told twice or left out.
 */
export const makeCoverage = (deps: CoverageDeps) => {
  const { store, segments, events, marks, gone, spool, assignmentsOf } = deps

  /** `cause` = what is known of every gap in the range; else each is explained by what happened around it. */
  const factsOf = (channelId: string, range: Range, cause?: GapCause): Coverage[] =>
    assignmentsOf(channelId).flatMap(assignment => {
      const part = clip(range, { fromMs: assignment.fromMs, toMs: assignment.toMs ?? Number.MAX_SAFE_INTEGER })
      if (!part) return []
      const found = intervalsOf(
        segments.inRange(channelId, { fromMs: part.fromMs - 1, toMs: part.toMs + 1 }),
        events.around(channelId, part.fromMs, part.toMs),
        part
      )
      const gaps = found.gaps.map(gap => ({ ...gap, cause: cause ?? gap.cause }))
      return inParts({ viewpointId: assignment.viewpointId, channelId, ...part, ...found, gaps })
    })

  const tellChannel = store.transaction((channelId: string): number => {
    const told = marks.get(channelId)
    const added = segments.addedAfter(channelId, told?.row ?? 0)
    if (!added) return 0
    // From where was told last, so that the gap before the new footage is told with it.
    const range = {
      fromMs: Math.min(added.fromMs, told?.toMs ?? added.fromMs),
      toMs: Math.max(added.toMs, added.fromMs + 1)
    }
    const facts = factsOf(channelId, range)
    for (const fact of facts) spool.append('coverage', fact)
    marks.set(channelId, { row: added.last, toMs: Math.max(range.toMs, told?.toMs ?? 0) })
    return facts.length
  })

  const tellGoneOf = store.transaction((channelId: string): number => {
    const causes = Map.groupBy(gone.of(channelId), one => one.cause)
    const facts = [...causes].flatMap(([cause, ranges]) =>
      unite(ranges).flatMap(range => factsOf(channelId, range, cause))
    )
    for (const fact of facts) spool.append('coverage', fact)
    gone.clear(channelId)
    return facts.length
  })
  const sum = (channelIds: readonly string[], tellOne: (channelId: string) => number): number =>
    channelIds.reduce((count, channelId) => count + tellOne(channelId), 0)

  return {
    /** Answers how many facts were put into the spool. */
    tell: (): number => sum(segments.channelIds(), tellChannel.immediate),
    /** Tells what is no longer there although it was told: taken by retention, or lost. The facts replace the old ones. */
    tellGone: (): number => sum(gone.channelIds(), tellGoneOf.immediate)
  }
}

/** A long coverage as several facts that adjoin: each replaces what was said of its own range. */
const inParts = (whole: Coverage): Coverage[] => {
  const parts: Coverage[] = []
  let rest = whole
  while (rest.recorded.length > mostIntervals) {
    const cutMs = rest.recorded[mostIntervals]!.fromMs
    const before = (r: Range): boolean => r.fromMs < cutMs
    parts.push({
      ...rest,
      toMs: cutMs,
      recorded: rest.recorded.filter(before),
      gaps: rest.gaps.filter(before)
    })
    rest = {
      ...rest,
      fromMs: cutMs,
      recorded: rest.recorded.filter(r => !before(r)),
      gaps: rest.gaps.filter(r => !before(r))
    }
  }
  return [...parts, rest]
}
