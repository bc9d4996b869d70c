import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { badMedia, boxAt, boxesIn, childrenOf } from './boxes.ts'
import { patchFragment } from './clip-patch.ts'
import { type ClipPart, type ClipRange, type ClipSegment, overlaps, readHead, utcOf } from './clip-plan.ts'
import { type Fragment, readFragments } from './fragments.ts'
import type { Init } from './init.ts'

/** The playable copy, as it was written. */
export type Clip = {
  bytes: number
  sha256: string
  firstFrameUtcMs: number
  /** How much earlier than asked it begins, because it must begin with a key frame. */
  preRollMs: number
  fragments: number
  /** Its frames are the lines `firstLine` .. `firstLine + frames - 1` of the frame lists of the part's originals, one after the other. */
  firstLine: number
  frames: number
}

/** One read: large enough that hashing is what takes time, small enough to hash while the next is read. */
const windowBytes = 4 << 20

type Placed = { fragment: Fragment; segment: ClipSegment; file: FileHandle; mediaMs: number; wanted: boolean }
type Window = { file: FileHandle; offset: number; bytes: number; fragments: Placed[] }

/**
 * Copies whole fragments of the part's originals into one file: from the key frame at or before the start of the
 * range to the end of the fragment that covers its end. Pictures and sound are copied byte for byte; only decode
 * times (tfdt) and sequence numbers are counted on from 0, the writer's clock marks (prft) are left out, and H.265
 * is tagged `hvc1`, which more players take. The same originals and range give the same bytes, always.
 * @param output a new, empty file; synced by the caller.
 * @returns undefined when no frame lies in the range.
 * @throws MatthanError verification when an original is damaged.
 */
export const cutClip = async (part: ClipPart, range: ClipRange, output: FileHandle): Promise<Clip | undefined> => {
  const [first] = part.segments
  if (!first) return undefined
  const { bytes: head, init } = await readHead(first.path)
  const files: FileHandle[] = []
  try {
    for (const segment of part.segments) files.push(await open(segment.path, constants.O_RDONLY | constants.O_NOFOLLOW))
    const all = await placeFragments(part, files, init, range)
    const chosen = choose(all, videoId(init))
    const [begin] = chosen
    if (!begin) return undefined
    tagHvc1(head)
    const copied = await copy(chosen, { head, init, output })
    const frames = (list: Placed[]) => list.reduce((sum, one) => sum + videoOf(one.fragment, init).samples, 0)
    const firstFrameUtcMs = utcOf(begin.mediaMs, begin.segment.anchors)
    return {
      ...copied,
      firstFrameUtcMs: Math.round(firstFrameUtcMs),
      preRollMs: Math.max(0, Math.round(range.fromMs - firstFrameUtcMs)),
      fragments: chosen.length,
      firstLine: 1 + frames(all.slice(0, all.indexOf(begin))),
      frames: frames(chosen)
    }
  } finally {
    for (const file of files) await file.close()
  }
}

/** The track that time is told by. */
const videoId = (init: Init): number => {
  const track = init.tracks.find(one => one.kind === 'video') ?? init.tracks[0]
  if (!track) throw badMedia('no track')
  return track.trackId
}
const videoOf = (fragment: Fragment, init: Init) =>
  fragment.tracks.find(one => one.trackId === videoId(init)) ?? { baseDecodeTime: 0, duration: 0, samples: 0 }

const placeFragments = async (part: ClipPart, files: FileHandle[], init: Init, range: ClipRange): Promise<Placed[]> => {
  const { timescale } = init.tracks.find(one => one.trackId === videoId(init))!
  const placed: Placed[] = []
  for (const [i, segment] of part.segments.entries()) {
    const file = files[i]!
    const { fragments } = await readFragments(file, (await file.stat()).size)
    for (const fragment of fragments) {
      const track = videoOf(fragment, init)
      if (track.samples === 0) continue
      const mediaMs = segment.mediaStartMs + (track.baseDecodeTime * 1000) / timescale
      const endMs = mediaMs + (track.duration * 1000) / timescale
      placed.push({ fragment, segment, file, mediaMs, wanted: overlaps(mediaMs, endMs, segment.anchors, range) })
    }
  }
  return placed
}

/** From the first wanted fragment, or the key frame before it, to the last: what lies between stays in. */
const choose = (all: Placed[], trackId: number): Placed[] => {
  let from = all.findIndex(one => one.wanted)
  if (from < 0) return []
  const isKey = (one: Placed) => one.fragment.tracks.some(t => t.trackId === trackId && t.firstSampleIsSync)
  const key = all.slice(0, from + 1).findLastIndex(isKey)
  if (key >= 0) from = key
  return all.slice(from, all.findLastIndex(one => one.wanted) + 1)
}

/** `hev1` → `hvc1` in the sample descriptions. The parameter sets are in the header either way. */
const tagHvc1 = (head: Buffer): void => {
  const moov = boxesIn(head).find(box => box.type === 'moov')
  for (const trak of moov ? childrenOf(head, moov).filter(box => box.type === 'trak') : []) {
    const stsd = boxAt(head, trak, ['mdia', 'minf', 'stbl', 'stsd'])
    const entry = stsd && boxesIn(head, stsd.bodyStart + 8, stsd.end)[0]
    if (entry?.type === 'hev1') head.write('hvc1', entry.start + 4, 'latin1')
  }
}

/** Neighbouring fragments in one read; a fragment larger than a window in several. */
const windowsOf = (chosen: Placed[]): Window[] => {
  const windows: Window[] = []
  for (const placed of chosen) {
    const { offset, bytes } = placed.fragment
    const last = windows.at(-1)
    if (last?.file === placed.file && last.offset + last.bytes === offset && last.bytes + bytes <= windowBytes) {
      last.bytes += bytes
      last.fragments.push(placed)
      continue
    }
    for (let done = 0; done < bytes; done += windowBytes) {
      const size = Math.min(windowBytes, bytes - done)
      windows.push({ file: placed.file, offset: offset + done, bytes: size, fragments: done === 0 ? [placed] : [] })
    }
  }
  return windows
}

const readWindow = async ({ file, offset, bytes }: Window, into: Buffer): Promise<Buffer> => {
  for (let done = 0; done < bytes; ) {
    const { bytesRead } = await file.read(into, done, bytes - done, offset + done)
    if (bytesRead === 0) throw badMedia('original became shorter')
    done += bytesRead
  }
  return into.subarray(0, bytes)
}

const writeAll = async (output: FileHandle, pieces: Buffer[]): Promise<void> => {
  for (const piece of pieces)
    for (let done = 0; done < piece.length; )
      done += (await output.write(piece, done, piece.length - done)).bytesWritten
}

/** Reads the next window and writes the last one while this one is hashed. */
const copy = async (
  chosen: Placed[],
  options: { head: Buffer; init: Init; output: FileHandle }
): Promise<{ bytes: number; sha256: string }> => {
  const { head, init, output } = options
  const windows = windowsOf(chosen)
  const buffers = [0, 1, 2].map(() => Buffer.allocUnsafeSlow(windowBytes))
  const hash = createHash('sha256').update(head)
  const base = chosen[0]!.mediaMs
  const patch = patchFragment(init, videoId(init))
  let bytes = head.length
  let writing = writeAll(output, [head])
  let reading = readWindow(windows[0]!, buffers[0]!)
  for (const [i, window] of windows.entries()) {
    const view = await reading
    const next = windows[i + 1]
    // Of three buffers one is read into, one hashed, one written: this one's last write ended a turn ago.
    if (next) reading = readWindow(next, buffers[(i + 1) % 3]!)
    reading.catch(() => {})
    const pieces: Buffer[] = []
    for (const { fragment, segment } of window.fragments) {
      const at = fragment.offset - window.offset
      const piece = view.subarray(at, Math.min(view.length, at + fragment.bytes))
      pieces.push(patch(piece, { fragment, shiftMs: segment.mediaStartMs - base, outputOffset: bytes }))
      bytes += pieces.at(-1)!.length
    }
    if (window.fragments.length === 0) {
      pieces.push(view)
      bytes += view.length
    }
    for (const piece of pieces) hash.update(piece)
    await writing
    writing = writeAll(output, pieces)
    writing.catch(() => {})
  }
  await writing
  return { bytes, sha256: hash.digest('hex') }
}
