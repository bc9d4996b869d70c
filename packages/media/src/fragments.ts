import { type Box, badMedia, childrenOf, fieldsOf, readBoxHeader, versionAndFlags } from './boxes.ts'
import { type Init, readInit, type Track } from './init.ts'

/** What one track has in a fragment; times in ticks of the track. */
export type FragmentTrack = {
  trackId: number
  /** `tfdt`: decode time of the first sample; restarts at 0 with each segment. */
  baseDecodeTime: number
  duration: number
  samples: number
  firstSampleIsSync: boolean
}

export type Fragment = {
  /** Place in the file, including the boxes before the moof that belong to it (styp, sidx, prft). */
  offset: number
  bytes: number
  sequence: number
  /** `prft`: the writer's UTC, and the media time in ticks of track `trackId` that it belongs to; not restarted with a segment. */
  prft?: { utcMs: number; mediaTime: number; trackId: number }
  tracks: FragmentTrack[]
}

/** Where a file stands after the fragments that were found. */
export type Tail =
  /** Whole up to `offset`; what follows is not there yet, or was cut off. */
  | 'open'
  /** The writer has closed the file (`mfra`). */
  | 'closed'
  /** What follows is no box of a fragment. */
  | 'damaged'

export type FragmentReader = {
  /** Known after the first successful `next`. */
  init(): Init | undefined
  /**
   * The next whole fragment within the first `fileBytes` of the file, or undefined when there is none yet; call
   * it again when the file has grown. Reads headers only: one or two reads a fragment.
   */
  next(fileBytes: number): Fragment | undefined
  tail(): Tail
}

/** Reads at once, as `readSync` of an open file does; @returns how many bytes there were. */
export type ReadAt = (buffer: Buffer, offset: number, length: number, position: number) => number

/** Walks the fragments of a file that is growing: what was written a moment ago is in memory, so it does not wait. */
export const makeFragmentReader = (readAt: ReadAt): FragmentReader => {
  const walk = makeWalk()
  return {
    init: walk.init,
    tail: walk.tail,
    next: fileBytes => {
      for (let piece = walk.wants(fileBytes); piece; piece = walk.wants(fileBytes)) {
        const buffer = Buffer.allocUnsafe(piece.bytes)
        const bytes = readAt(buffer, 0, piece.bytes, piece.from)
        const fragment = walk.take(buffer.subarray(0, bytes), fileBytes)
        if (fragment) return fragment
      }
      return undefined
    }
  }
}

/** What is needed of an open file that may have to come from the disk; a `FileHandle` has it. */
export type ReadsAt = {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
}

/** All whole fragments of a file of `fileBytes`. */
export const readFragments = async (
  file: ReadsAt,
  fileBytes: number
): Promise<{ init: Init | undefined; fragments: Fragment[]; tail: Tail; wholeBytes: number }> => {
  const walk = makeWalk()
  const fragments: Fragment[] = []
  for (let piece = walk.wants(fileBytes); piece; piece = walk.wants(fileBytes)) {
    const buffer = Buffer.allocUnsafe(piece.bytes)
    const { bytesRead } = await file.read(buffer, 0, piece.bytes, piece.from)
    const fragment = walk.take(buffer.subarray(0, bytesRead), fileBytes)
    if (fragment) fragments.push(fragment)
  }
  return { init: walk.init(), fragments, tail: walk.tail(), wholeBytes: walk.offset() }
}

/** The walk itself, which leaves the reading to its caller. */
type Walk = {
  init(): Init | undefined
  tail(): Tail
  /** The end of the last whole fragment (or of the header, or 0). */
  offset(): number
  /** What to read next; undefined when the first `fileBytes` give nothing more. */
  wants(fileBytes: number): { from: number; bytes: number } | undefined
  /** Takes what was read. @returns the fragment in it, if it is whole. */
  take(view: Buffer, fileBytes: number): Fragment | undefined
}

const firstReadBytes = 4096

const makeWalk = (): Walk => {
  let init: Init | undefined
  let at = 0
  let tail: Tail = 'open'
  let readBytes = firstReadBytes
  /** A file of this size has given all that it has. */
  let spentBytes = -1

  const takeHead = (view: Buffer, fileBytes: number): void => {
    init = readInit(view)
    if (init) {
      at = init.bytes
      readBytes = firstReadBytes
    } else if (readBytes >= fileBytes) {
      spentBytes = fileBytes
    } else {
      readBytes *= 4
    }
  }

  const takeFragment = (view: Buffer, fileBytes: number, tracks: readonly Track[]): Fragment | undefined => {
    const step = readFragment(view, at, fileBytes, tracks)
    if ('fragment' in step) {
      at += step.fragment.bytes
      return step.fragment
    }
    if ('tail' in step) tail = step.tail
    else if (step.more <= readBytes || step.more > Math.min(mostMoofBytes, fileBytes - at)) spentBytes = fileBytes
    else readBytes = step.more
    return undefined
  }

  return {
    init: () => init,
    tail: () => tail,
    offset: () => at,
    wants: fileBytes =>
      tail !== 'open' || fileBytes - at < 8 || fileBytes === spentBytes
        ? undefined
        : { from: at, bytes: Math.min(readBytes, fileBytes - at) },
    take: (view, fileBytes) => {
      // A header that is no media is an error; after it, damage is where the whole fragments end.
      if (!init) {
        takeHead(view, fileBytes)
        return undefined
      }
      try {
        return takeFragment(view, fileBytes, init.tracks)
      } catch (error) {
        if ((error as { key?: unknown }).key !== 'recorder.badMedia') throw error
        tail = 'damaged'
        return undefined
      }
    }
  }
}

const mostMoofBytes = 16 << 20
const beforeMoof: ReadonlySet<string> = new Set(['styp', 'sidx', 'prft', 'emsg', 'free', 'skip', 'uuid'])
const ntpToUnixSeconds = 2_208_988_800

type Step = { fragment: Fragment } | { more: number } | { tail: Tail }

/** One fragment from `view`, which begins at `offset` of the file; `more` is how many bytes the view must have. */
const readFragment = (view: Buffer, offset: number, fileBytes: number, tracks: readonly Track[]): Step => {
  let prft: Fragment['prft']
  let moof: { sequence: number; tracks: FragmentTrack[] } | undefined
  for (let at = 0; ; ) {
    const header = readBoxHeader(view, at)
    if (!header) return { more: at + 16 }
    const end = at + header.bytes
    if (header.type === 'mdat') {
      if (!moof) throw badMedia('mdat before moof')
      if (offset + end > fileBytes) return { more: end }
      return { fragment: { offset, bytes: end, ...moof, ...(prft ? { prft } : {}) } }
    }
    if (header.type === 'mfra' && at === 0) return { tail: 'closed' }
    if (header.type !== 'moof' && !beforeMoof.has(header.type)) throw badMedia(`box ${header.type} among fragments`)
    if (header.bytes > mostMoofBytes) throw badMedia(`box ${header.type} of ${header.bytes} bytes`)
    if (end > view.length) return { more: end + 16 }
    const box = { type: header.type, start: at, bodyStart: at + header.headerBytes, end }
    if (header.type === 'prft') prft = readPrft(view, box)
    if (header.type === 'moof') moof = readMoof(view, box, tracks)
    at = end
  }
}

/** ProducerReferenceTimeBox (ISO/IEC 14496-12 §8.16.5). */
const readPrft = (view: Buffer, box: Box): NonNullable<Fragment['prft']> => {
  const fields = fieldsOf(view, box)
  const { version } = versionAndFlags(fields)
  const trackId = fields.u32()
  const seconds = fields.u32()
  const utcMs = (seconds - ntpToUnixSeconds) * 1000 + (fields.u32() * 1000) / 2 ** 32
  return { trackId, utcMs, mediaTime: version === 0 ? fields.u32() : fields.u64() }
}

const readMoof = (view: Buffer, moof: Box, tracks: readonly Track[]) => {
  const children = childrenOf(view, moof)
  const head = children.find(box => box.type === 'mfhd')
  if (!head) throw badMedia('moof without mfhd')
  const fields = fieldsOf(view, head)
  fields.skip(4)
  return {
    sequence: fields.u32(),
    tracks: children.filter(box => box.type === 'traf').map(traf => readTraf(view, traf, tracks))
  }
}

const tfhdFlag = { baseDataOffset: 0x1, description: 0x2, duration: 0x8, size: 0x10, flags: 0x20 }
const trunFlag = { dataOffset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, composition: 0x800 }
const notSync = 0x10000

/** TrackFragmentBox (ISO/IEC 14496-12 §8.8.6-8.8.8, 8.8.12). */
const readTraf = (view: Buffer, traf: Box, tracks: readonly Track[]): FragmentTrack => {
  const children = childrenOf(view, traf)
  const tfhd = children.find(box => box.type === 'tfhd')
  if (!tfhd) throw badMedia('traf without tfhd')
  const head = fieldsOf(view, tfhd)
  const { flags } = versionAndFlags(head)
  const trackId = head.u32()
  const track = tracks.find(one => one.trackId === trackId)
  if (!track) throw badMedia(`fragment of unknown track ${trackId}`)
  if (flags & tfhdFlag.baseDataOffset) head.skip(8)
  if (flags & tfhdFlag.description) head.skip(4)
  const sampleDuration = flags & tfhdFlag.duration ? head.u32() : track.defaultDuration
  if (flags & tfhdFlag.size) head.skip(4)
  const sampleFlags = flags & tfhdFlag.flags ? head.u32() : track.defaultFlags

  const found: FragmentTrack = { trackId, baseDecodeTime: 0, duration: 0, samples: 0, firstSampleIsSync: false }
  for (const box of children) {
    if (box.type === 'tfdt') {
      const fields = fieldsOf(view, box)
      found.baseDecodeTime = versionAndFlags(fields).version === 1 ? fields.u64() : fields.u32()
    }
    if (box.type === 'trun') addRun(view, box, found, { sampleDuration, sampleFlags })
  }
  return found
}

const addRun = (
  view: Buffer,
  trun: Box,
  into: FragmentTrack,
  defaults: { sampleDuration: number; sampleFlags: number }
): void => {
  const fields = fieldsOf(view, trun)
  const { flags } = versionAndFlags(fields)
  const samples = fields.u32()
  if (flags & trunFlag.dataOffset) fields.skip(4)
  let firstFlags = flags & trunFlag.firstFlags ? fields.u32() : undefined
  const afterDuration = (flags & trunFlag.size ? 4 : 0) + (flags & trunFlag.composition ? 4 : 0)
  if (flags & (trunFlag.duration | trunFlag.flags)) {
    for (let i = 0; i < samples; i++) {
      into.duration += flags & trunFlag.duration ? fields.u32() : defaults.sampleDuration
      if (flags & trunFlag.size) fields.skip(4)
      const own = flags & trunFlag.flags ? fields.u32() : defaults.sampleFlags
      firstFlags ??= own
      if (flags & trunFlag.composition) fields.skip(4)
    }
  } else {
    if (samples * afterDuration > fields.left()) throw badMedia('trun is too short')
    into.duration += samples * defaults.sampleDuration
  }
  if (into.samples === 0) into.firstSampleIsSync = samples > 0 && ((firstFlags ?? defaults.sampleFlags) & notSync) === 0
  into.samples += samples
}
