import { syncFolder } from '@matthan/base/files'
import { newId } from '@matthan/base/id'
import { type Anchor, utcOfMedia } from '@matthan/media/anchor'
import type { SegmentClosed } from '@matthan/protocol/recording'
import { segmentPath } from '../layout.ts'
import { audioOf, type SeenSegment, videoOf } from './follow.ts'
import { hashOpenFile, syncFile } from './open_file.ts'
import type { Listed } from './segment_list.ts'

/** Media time of tfdt 0: what the list says; the list's first line says 0 where the file has left the lead-in out. */
export const baseOf = (segment: SeenSegment, listed: Listed | undefined, previousEndMs: number): number => {
  if (!listed) return previousEndMs
  return segment.index === 0 ? Math.max(0, listed.endMs - segment.endMs) : listed.startMs
}

const most = 253_402_300_799_999
const instant = (ms: number): number => Math.min(most, Math.max(0, Math.round(ms)))
const fine = (ms: number): number => Math.round(ms * 1000) / 1000

/**
 * Makes a finished segment durable and hashes it: fsync of the file and of its folder, then its journal line (I1).
 */
export const closeSegment = async (options: {
  segment: SeenSegment
  channelId: string
  runId: string
  folder: string
  baseMs: number
  /** In order; the first holds from `baseMs`. */
  anchors: readonly Anchor[]
  synchronised: boolean
  bootId: string
}): Promise<SegmentClosed> => {
  const { segment, channelId, runId, folder, baseMs, synchronised, bootId } = options
  await syncFile(segment.fd)
  await syncFolder(folder)
  const { bytes, sha256 } = await hashOpenFile(segment.fd)

  const endMs = baseMs + segment.endMs
  const anchors = options.anchors
    .slice(-100)
    .map(one => ({ fromMediaMs: fine(one.fromMediaMs), utcMinusMediaMs: fine(one.utcMinusMediaMs) }))
  const edges = [baseMs + segment.firstMs, endMs]
  const instants = edges.map(media => utcOfMedia(media, anchors) ?? 0)
  for (const [i, anchor] of anchors.entries()) {
    const before = anchors[i - 1]
    if (!before || anchor.fromMediaMs >= endMs) continue
    instants.push(anchor.fromMediaMs + anchor.utcMinusMediaMs, anchor.fromMediaMs + before.utcMinusMediaMs)
  }
  const audio = audioOf(segment.init)
  return {
    event: 'segment',
    segmentId: newId(),
    channelId,
    runId,
    index: segment.index,
    path: segmentPath(channelId, runId, segment.name),
    bytes,
    sha256,
    mediaStartMs: fine(baseMs),
    mediaEndMs: fine(endMs),
    anchors,
    startMs: instant(Math.min(...instants)),
    endMs: instant(Math.max(...instants)),
    synchronised,
    bootId,
    fragments: segment.fragments,
    videoCodec: (videoOf(segment.init)?.codec ?? 'none').slice(0, 20),
    ...(audio ? { audioCodec: audio.codec.slice(0, 20) } : {}),
    torn: !segment.closed
  }
}
