import { MatthanError } from '@matthan/base/error'

/** One box of ISO/IEC 14496-12 §4.2, as offsets into the buffer that it was found in. */
export type Box = { type: string; start: number; bodyStart: number; end: number }

export const badMedia = (reason: string): MatthanError =>
  new MatthanError('verification', 'recorder.badMedia', { reason })

/**
 * Type and size of the box at `at`, of which perhaps only the beginning lies in the buffer.
 * @returns undefined when fewer bytes are there than a header has. `bytes` is Infinity for "to the end of the file".
 * @throws MatthanError verification when the size is smaller than the header, or beyond what a number holds.
 */
export const readBoxHeader = (
  buffer: Buffer,
  at: number
): { type: string; bytes: number; headerBytes: number } | undefined => {
  if (buffer.length - at < 8) return undefined
  const type = buffer.toString('latin1', at + 4, at + 8)
  const small = buffer.readUInt32BE(at)
  if (small === 0) return { type, bytes: Number.POSITIVE_INFINITY, headerBytes: 8 }
  if (small !== 1) {
    if (small < 8) throw badMedia(`box of ${small} bytes`)
    return { type, bytes: small, headerBytes: 8 }
  }
  if (buffer.length - at < 16) return undefined
  const bytes = Number(buffer.readBigUInt64BE(at + 8))
  if (bytes < 16 || !Number.isSafeInteger(bytes)) throw badMedia(`box of ${bytes} bytes`)
  return { type, bytes, headerBytes: 16 }
}

/** The boxes that fill `start`..`end` of a buffer. @throws MatthanError verification when one reaches beyond. */
export const boxesIn = (buffer: Buffer, start = 0, end = buffer.length): Box[] => {
  const found: Box[] = []
  const whole = buffer.subarray(0, end)
  for (let at = start; at < end; ) {
    const header = readBoxHeader(whole, at)
    if (!header) throw badMedia('box header cut short')
    const boxEnd = header.bytes === Number.POSITIVE_INFINITY ? end : at + header.bytes
    if (boxEnd > end) throw badMedia(`box ${header.type} reaches beyond its parent`)
    found.push({ type: header.type, start: at, bodyStart: at + header.headerBytes, end: boxEnd })
    at = boxEnd
  }
  return found
}

export const childrenOf = (buffer: Buffer, box: Box): Box[] => boxesIn(buffer, box.bodyStart, box.end)

/** The first box down a path of types, such as `['mdia', 'mdhd']`, below `parent`. */
export const boxAt = (buffer: Buffer, parent: Box, path: readonly string[]): Box | undefined => {
  let box: Box | undefined = parent
  for (const type of path) {
    box = childrenOf(buffer, box).find(child => child.type === type)
    if (!box) return undefined
  }
  return box
}

/** Reads the fields of one box in order and never beyond its end. */
export type Fields = {
  u8(): number
  u16(): number
  u32(): number
  /** @throws MatthanError verification above 2^53: no time or size of footage is that large. */
  u64(): number
  fourcc(): string
  skip(bytes: number): void
  /** Bytes not read yet. */
  left(): number
}

export const fieldsOf = (buffer: Buffer, box: Box): Fields => {
  let at = box.bodyStart
  const take = (bytes: number): number => {
    if (bytes < 0 || at + bytes > box.end) throw badMedia(`box ${box.type} is too short`)
    at += bytes
    return at - bytes
  }
  return {
    u8: () => buffer.readUInt8(take(1)),
    u16: () => buffer.readUInt16BE(take(2)),
    u32: () => buffer.readUInt32BE(take(4)),
    u64: () => {
      const value = Number(buffer.readBigUInt64BE(take(8)))
      if (!Number.isSafeInteger(value)) throw badMedia(`number too large in box ${box.type}`)
      return value
    },
    fourcc: () => {
      const from = take(4)
      return buffer.toString('latin1', from, from + 4)
    },
    skip: bytes => {
      take(bytes)
    },
    left: () => box.end - at
  }
}

/** Version and flags of a full box (ISO/IEC 14496-12 §4.2). */
export const versionAndFlags = (fields: Fields): { version: number; flags: number } => {
  const word = fields.u32()
  return { version: word >>> 24, flags: word & 0xffffff }
}
