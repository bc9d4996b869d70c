import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { type Anchor, utcOfMedia } from './anchor.ts'
import { badMedia, boxAt, boxesIn, childrenOf } from './boxes.ts'
import { type Init, readInit } from './init.ts'

/** A closed segment as the journal and the statement have it, and where its bytes lie. */
export type ClipSegment = {
  path: string
  channelId: string
  runId: string
  videoCodec: string
  audioCodec?: string | undefined
  /** Media time of the first frame and of the end of the last one, ms since the start of the run. */
  mediaStartMs: number
  mediaEndMs: number
  anchors: Anchor[]
}

/** UTC milliseconds, half open. */
export type ClipRange = { fromMs: number; toMs: number }

/** Segments of one channel and run that follow each other, and can share one header: one playable file. */
export type ClipPart<Segment extends ClipSegment = ClipSegment> = { segments: Segment[] }

/** A hole in media time from which on the copy is a file of its own. */
const mostGapMs = 500

/** @throws MatthanError verification for a segment without an anchor. */
export const utcOf = (mediaMs: number, anchors: readonly Anchor[]): number => {
  const utcMs = utcOfMedia(mediaMs, anchors)
  if (utcMs === undefined) throw badMedia('segment without an anchor')
  return utcMs
}

/** Whether the media time from..to lies in the range; a step of the clock within it makes several pieces. */
export const overlaps = (mediaFromMs: number, mediaToMs: number, anchors: Anchor[], range: ClipRange): boolean => {
  const steps = anchors.map(one => one.fromMediaMs).filter(ms => ms > mediaFromMs && ms < mediaToMs)
  return [mediaFromMs, ...steps].some((fromMs, i) => {
    const utcMs = utcOf(fromMs, anchors)
    return utcMs < range.toMs && utcMs + ((steps[i] ?? mediaToMs) - fromMs) > range.fromMs
  })
}

/** What the header of a file says about how to decode it; two files with the same key can share a header. */
export const decoderKey = (head: Buffer): string =>
  boxesIn(head)
    .filter(box => box.type === 'moov')
    .flatMap(moov => childrenOf(head, moov).filter(box => box.type === 'trak'))
    .map(trak => {
      const bytesOf = (path: string[]) => {
        const box = boxAt(head, trak, path)
        return box ? head.toString('base64', box.start, box.end) : ''
      }
      return `${bytesOf(['mdia', 'mdhd'])} ${bytesOf(['mdia', 'minf', 'stbl', 'stsd'])}`
    })
    .join('\n')

/** The header of a file (ftyp and moov), as bytes and as read. @throws MatthanError verification */
export const readHead = async (path: string): Promise<{ bytes: Buffer; init: Init }> => {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const { size } = await file.stat()
    for (let length = 8192; ; length *= 8) {
      const head = Buffer.alloc(Math.min(length, size))
      await file.read(head, 0, head.length, 0)
      const init = readInit(head)
      if (init) return { bytes: head.subarray(0, init.bytes), init }
      if (length >= size) throw badMedia('no moov')
    }
  } finally {
    await file.close()
  }
}

const follows = (before: ClipSegment, after: ClipSegment): boolean =>
  before.channelId === after.channelId &&
  before.runId === after.runId &&
  before.videoCodec === after.videoCodec &&
  before.audioCodec === after.audioCodec &&
  Math.abs(after.mediaStartMs - before.mediaEndMs) <= mostGapMs

/**
 * Which playable files a range needs: one for each stretch of segments without a hole of more than 0.5 s, a new
 * run or a new codec, in the order in which they were recorded. Segments outside the range are left out.
 */
export const planParts = async <Segment extends ClipSegment>(
  segments: Segment[],
  range: ClipRange
): Promise<ClipPart<Segment>[]> => {
  const wanted = segments
    .filter(one => overlaps(one.mediaStartMs, one.mediaEndMs, one.anchors, range))
    .toSorted(
      (a, b) =>
        a.channelId.localeCompare(b.channelId) ||
        (a.runId === b.runId
          ? a.mediaStartMs - b.mediaStartMs
          : utcOf(a.mediaStartMs, a.anchors) - utcOf(b.mediaStartMs, b.anchors))
    )
  const parts: ClipPart<Segment>[] = []
  let last: { segment: Segment; key: string } | undefined
  for (const segment of wanted) {
    const key = decoderKey((await readHead(segment.path)).bytes)
    const part = parts.at(-1)
    if (part && last && last.key === key && follows(last.segment, segment)) part.segments.push(segment)
    else parts.push({ segments: [segment] })
    last = { segment, key }
  }
  return parts
}
