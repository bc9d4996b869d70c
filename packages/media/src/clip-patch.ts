import { type Box, badMedia, boxesIn, childrenOf, readBoxHeader } from './boxes.ts'
import type { Fragment, FragmentTrack } from './fragments.ts'
import type { Init } from './init.ts'

const baseDataOffsetFlag = 0x1
/** How far sound may stand from its own time so that it goes on without a click at the border of two segments. */
const soundSlackSeconds = 0.1

export type PatchPlace = {
  fragment: Fragment
  /** Media time of tfdt 0 of this segment, relative to the beginning of the copy. */
  shiftMs: number
  /** Where the fragment will stand in the copy. */
  outputOffset: number
}

/**
 * Makes a function that turns each fragment, in order, into the fragment of the copy: in place, and returned
 * without the boxes before its moof. Bytes after the beginning of the mdat are not looked at.
 */
export const patchFragment = (init: Init, videoTrackId: number) => {
  const scales = new Map(init.tracks.map(track => [track.trackId, track.timescale]))
  const ends = new Map<number, number>()
  let sequence = 0

  /** Decode time in the copy: its own media time; where that would fall into the fragment before, its end. */
  const decodeTime = (track: FragmentTrack, shiftMs: number): number => {
    const scale = scales.get(track.trackId) ?? 1
    const own = Math.max(0, track.baseDecodeTime + Math.round((shiftMs * scale) / 1000))
    const end = ends.get(track.trackId)
    let time = own
    if (end !== undefined) {
      const halfSample = track.duration / Math.max(1, track.samples) / 2
      if (track.trackId === videoTrackId) time = own > end - halfSample ? own : end
      else time = own < end || own - end <= soundSlackSeconds * scale ? end : own
    }
    ends.set(track.trackId, time + track.duration)
    return time
  }

  return (bytes: Buffer, place: PatchPlace): Buffer => {
    const moof = findMoof(bytes)
    const tracks = childrenOf(bytes, moof).filter(box => box.type === 'traf')
    for (const box of childrenOf(bytes, moof))
      if (box.type === 'mfhd') bytes.writeUInt32BE(++sequence, fieldAt(box, 4, 4))
    for (const [i, traf] of tracks.entries()) {
      const track = place.fragment.tracks[i]
      if (!track) throw badMedia('fragment changed while it was copied')
      for (const box of childrenOf(bytes, traf)) {
        if (box.type === 'tfdt') writeTime(bytes, box, decodeTime(track, place.shiftMs))
        if (box.type === 'tfhd') moveBase(bytes, box, place.outputOffset - (place.fragment.offset + moof.start))
      }
    }
    return bytes.subarray(moof.start)
  }
}

const findMoof = (bytes: Buffer): Box => {
  for (let at = 0; ; ) {
    const header = readBoxHeader(bytes, at)
    if (!header || at + header.bytes > bytes.length) throw badMedia('fragment without a whole moof')
    if (header.type === 'moof') return boxesIn(bytes, at, at + header.bytes)[0]!
    at += header.bytes
  }
}

/** Place of a field behind version and flags. */
const fieldAt = (box: Box, offset: number, bytes: number): number => {
  if (box.bodyStart + offset + bytes > box.end) throw badMedia(`box ${box.type} is too short`)
  return box.bodyStart + offset
}

const writeTime = (bytes: Buffer, tfdt: Box, time: number): void => {
  if (bytes[fieldAt(tfdt, 0, 4)] === 1) bytes.writeBigUInt64BE(BigInt(time), fieldAt(tfdt, 4, 8))
  else if (time > 0xffffffff) throw badMedia('time too large for its box')
  else bytes.writeUInt32BE(time, fieldAt(tfdt, 4, 4))
}

/** Where a writer counts sample places from the beginning of the file, they move with the fragment. */
const moveBase = (bytes: Buffer, tfhd: Box, by: number): void => {
  if (!(bytes.readUInt32BE(fieldAt(tfhd, 0, 4)) & baseDataOffsetFlag)) return
  const at = fieldAt(tfhd, 8, 8)
  const moved = bytes.readBigUInt64BE(at) + BigInt(by)
  if (moved < 0n) throw badMedia('sample place before the file')
  bytes.writeBigUInt64BE(moved, at)
}
