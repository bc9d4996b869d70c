import type { Range } from '@matthan/protocol/scalars'
import type { Gone, Segment } from '../store/segments.ts'

/** Seams narrower than this are no gap: anchors of two segments of one run differ by milliseconds. */
export const seamMs = 500

/**
 * The UTC ranges of a segment by its anchors, in order of recording (protocol/recording, Anchor). One range, except
 * where the wall clock was stepped inside: then the parts may overlap (step back) or leave a hole (step forward).
 */
export const spansOf = (segment: Segment): Range[] => {
  const anchors = segment.anchors.toSorted((a, b) => a.fromMediaMs - b.fromMediaMs)
  const spans: Range[] = []
  for (const [i, anchor] of anchors.entries()) {
    // What lies before the first anchor belongs to it: nothing else says when it was.
    const from = i === 0 ? segment.mediaStartMs : Math.max(anchor.fromMediaMs, segment.mediaStartMs)
    const to = Math.min(anchors[i + 1]?.fromMediaMs ?? segment.mediaEndMs, segment.mediaEndMs)
    if (to <= from) continue
    const fromMs = Math.round(from + anchor.utcMinusMediaMs)
    const toMs = Math.round(to + anchor.utcMinusMediaMs)
    if (toMs > fromMs) spans.push({ fromMs, toMs })
  }
  return spans
}

/** The part of `span` within `range`, or undefined. */
export const clip = (span: Range, range: Range): Range | undefined => {
  const fromMs = Math.max(span.fromMs, range.fromMs)
  const toMs = Math.min(span.toMs, range.toMs)
  return toMs > fromMs ? { fromMs, toMs } : undefined
}

/** Ranges united and sorted; seams up to `seamMs` are closed. */
export const unite = (spans: readonly Range[]): Range[] => {
  const united: Range[] = []
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = united.at(-1)
    if (last && span.fromMs <= last.toMs + seamMs) last.toMs = Math.max(last.toMs, span.toMs)
    else united.push({ ...span })
  }
  return united
}

/** What `united` (sorted, disjoint) leaves open of `range`. A rest at either end narrower than a seam is none. */
export const holesOf = (united: readonly Range[], range: Range): Range[] => {
  const holes: Range[] = []
  let at = range.fromMs
  for (const span of united) {
    if (span.fromMs - at > seamMs) holes.push({ fromMs: at, toMs: Math.min(span.fromMs, range.toMs) })
    at = Math.max(at, span.toMs)
  }
  if (range.toMs - at > seamMs) holes.push({ fromMs: at, toMs: range.toMs })
  return holes
}

/** What these segments covered, of each channel, united. */
export const goneSpans = (segments: readonly Segment[], cause: Gone['cause']): Gone[] =>
  [...Map.groupBy(segments, segment => segment.channelId)].flatMap(([channelId, of]) =>
    unite(of.flatMap(spansOf)).map(span => ({ ...span, channelId, cause }))
  )
