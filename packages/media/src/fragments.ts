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
  next(fileBytes: number): Promise<Fragment | undefined>
  tail(): Tail
  /** The end of the last whole fragment (or of the header, or 0). */
  offset(): number
}

/** What is needed of an open file; a `FileHandle` has it. */
export type ReadsAt = {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
}

/** Walks the fragments of a file that may still be growing. */
export const makeFragmentReader = (file: ReadsAt): FragmentReader => {
  let init: Init | undefined
  let at = 0
  let tail: Tail = 'open'
  let readBytes = 4096

  const bytesFrom = async (offset: number, bytes: number): Promise<Buffer> => {
    const buffer = Buffer.allocUnsafe(bytes)
    const { bytesRead } = await file.read(buffer, 0, bytes, offset)
    return buffer.subarray(0, bytesRead)
  }

  const readHead = async (fileBytes: number): Promise<boolean> => {
    for (let bytes = 4096; ; bytes *= 4) {
      const head = await bytesFrom(0, Math.min(bytes, fileBytes))
      init = readInit(head)
      if (init) break
      if (bytes >= fileBytes) return false
    }
    at = init.bytes
    return true
  }

  const next = async (fileBytes: number): Promise<Fragment | undefined> => {
    if (tail !== 'open' || fileBytes - at < 8) return undefined
    if (!init && !(await readHead(fileBytes))) return undefined
    const tracks = init?.tracks ?? []
    for (;;) {
      const view = await bytesFrom(at, Math.min(readBytes, fileBytes - at))
      const step = readFragment(view, at, fileBytes, tracks)
      if ('more' in step) {
        if (step.more <= view.length || step.more > Math.min(mostMoofBytes, fileBytes - at)) return undefined
        readBytes = step.more
      } else if ('tail' in step) {
        tail = step.tail
        return undefined
      } else {
        at += step.fragment.bytes
        return step.fragment
      }
    }
  }

  const guarded = async (fileBytes: number): Promise<Fragment | undefined> => {
    try {
      return await next(fileBytes)
    } catch (error) {
      // A header that is no media is an error; after it, damage is where the whole fragments end.
      if (!init) throw error
      if ((error as { key?: unknown }).key !== 'recorder.badMedia') throw error
      tail = 'damaged'
      return undefined
    }
  }
  return { init: () => init, next: guarded, tail: () => tail, offset: () => at }
}

/** All whole fragments of a file of `fileBytes`. */
export const readFragments = async (
  file: ReadsAt,
  fileBytes: number
): Promise<{ init: Init | undefined; fragments: Fragment[]; tail: Tail; wholeBytes: number }> => {
  const reader = makeFragmentReader(file)
  const fragments: Fragment[] = []
  for (;;) {
    const fragment = await reader.next(fileBytes)
    if (!fragment) return { init: reader.init(), fragments, tail: reader.tail(), wholeBytes: reader.offset() }
    fragments.push(fragment)
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
