import {
  type Box,
  badMedia,
  boxAt,
  boxesIn,
  childrenOf,
  type Fields,
  fieldsOf,
  readBoxHeader,
  versionAndFlags
} from './boxes.ts'

/** A track as its file's header declares it. */
export type Track = {
  trackId: number
  /** Ticks a second of this track's times. */
  timescale: number
  kind: 'video' | 'audio' | 'other'
  /** ffmpeg's name where one is known ('h264', 'hevc', 'aac', 'pcm_alaw', …), else the four letters in the file. */
  codec: string
  /** The four letters of the sample entry ('avc1', 'hev1', …). */
  sampleEntry: string
  width?: number
  height?: number
  /** Of `trex`: what a fragment means where it says nothing itself. */
  defaultDuration: number
  defaultFlags: number
}

/** The head of a fragmented file: everything before the first fragment. */
export type Init = { tracks: Track[]; bytes: number }

const codecNames: Record<string, string> = {
  avc1: 'h264',
  avc3: 'h264',
  hvc1: 'hevc',
  hev1: 'hevc',
  mp4v: 'mpeg4',
  jpeg: 'mjpeg',
  mjpa: 'mjpeg',
  av01: 'av1',
  alaw: 'pcm_alaw',
  ulaw: 'pcm_mulaw',
  sowt: 'pcm_s16le',
  twos: 'pcm_s16be',
  lpcm: 'pcm',
  ipcm: 'pcm',
  mp4a: 'aac',
  '.mp3': 'mp3',
  Opus: 'opus',
  'ac-3': 'ac3',
  samr: 'amr_nb'
}

const kinds: Record<string, Track['kind']> = { vide: 'video', soun: 'audio' }

/**
 * Reads ftyp and moov from the beginning of a file.
 * @returns undefined when the moov is not whole yet.
 * @throws MatthanError verification when this is no such file.
 */
export const readInit = (buffer: Buffer): Init | undefined => {
  for (let at = 0; ; ) {
    const header = readBoxHeader(buffer, at)
    if (!header) return undefined
    if (!headTypes.has(header.type)) throw badMedia(`box ${header.type} before moov`)
    const end = at + header.bytes
    if (end > mostHeadBytes) throw badMedia('header too large')
    if (header.type === 'moov') {
      if (end > buffer.length) return undefined
      return {
        tracks: readMovie(buffer, { type: 'moov', start: at, bodyStart: at + header.headerBytes, end }),
        bytes: end
      }
    }
    at = end
  }
}

const headTypes: ReadonlySet<string> = new Set(['ftyp', 'styp', 'free', 'skip', 'wide', 'pdin', 'uuid', 'moov'])
const mostHeadBytes = 16 << 20

const readMovie = (buffer: Buffer, moov: Box): Track[] => {
  const defaults = new Map<number, { duration: number; flags: number }>()
  const extend = boxAt(buffer, moov, ['mvex'])
  for (const trex of extend ? childrenOf(buffer, extend).filter(box => box.type === 'trex') : []) {
    const fields = fieldsOf(buffer, trex)
    fields.skip(4)
    const trackId = fields.u32()
    fields.skip(4)
    const duration = fields.u32()
    fields.skip(4)
    defaults.set(trackId, { duration, flags: fields.u32() })
  }
  return childrenOf(buffer, moov)
    .filter(box => box.type === 'trak')
    .map(trak => readTrack(buffer, trak, defaults))
}

const need = (buffer: Buffer, parent: Box, path: string[]): Box => {
  const box = boxAt(buffer, parent, path)
  if (!box) throw badMedia(`no ${path.join('/')} in ${parent.type}`)
  return box
}

const readTrack = (buffer: Buffer, trak: Box, defaults: Map<number, { duration: number; flags: number }>): Track => {
  const header = fieldsOf(buffer, need(buffer, trak, ['tkhd']))
  header.skip(versionAndFlags(header).version === 1 ? 16 : 8)
  const trackId = header.u32()

  const media = fieldsOf(buffer, need(buffer, trak, ['mdia', 'mdhd']))
  media.skip(versionAndFlags(media).version === 1 ? 16 : 8)
  const timescale = media.u32()
  if (timescale === 0) throw badMedia('timescale 0')

  const handler = fieldsOf(buffer, need(buffer, trak, ['mdia', 'hdlr']))
  handler.skip(8)
  const kind = kinds[handler.fourcc()] ?? 'other'

  const stsd = need(buffer, trak, ['mdia', 'minf', 'stbl', 'stsd'])
  const [entry] = boxesIn(buffer, Math.min(stsd.bodyStart + 8, stsd.end), stsd.end)
  if (!entry) throw badMedia('track without a sample entry')
  const size = kind === 'video' ? readSize(fieldsOf(buffer, entry)) : {}
  const { duration = 0, flags = 0 } = defaults.get(trackId) ?? {}
  return {
    trackId,
    timescale,
    kind,
    codec: codecNames[entry.type] ?? entry.type.replace(/[^\w.-]/g, '_'),
    sampleEntry: entry.type,
    ...size,
    defaultDuration: duration,
    defaultFlags: flags
  }
}

/** VisualSampleEntry (ISO/IEC 14496-12 §12.1.3). */
const readSize = (entry: Fields): { width: number; height: number } => {
  entry.skip(24)
  return { width: entry.u16(), height: entry.u16() }
}
