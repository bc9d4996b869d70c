import { existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Arrival, ClockWatch } from '@matthan/media/anchor'
import { type Fragment, type FragmentReader, makeFragmentReader } from '@matthan/media/fragments'
import type { Init, Track } from '@matthan/media/init'
import type { Container } from '../ffmpeg/arguments.ts'
import { segmentName } from '../layout.ts'

/** What was seen of one segment. Times in ms of the file's own media time: tfdt 0 is 0. */
export type SeenSegment = {
  index: number
  name: string
  /** The open file. */
  fd: number
  init: Init | undefined
  fragments: number
  frames: number
  /** Presentation time of the first frame; later than tfdt 0 only where ffmpeg stretched the first frame. */
  firstMs: number
  endMs: number
  fragmentBytes: number
  arrivals: Arrival[]
  /** The writer closed the file. */
  closed: boolean
}

/** A fragment of the picture as the supervision wants it. */
export type SeenFragment = { durationMs: number; frames: number; frameMs: number; bytes: number }

export type Follower = {
  /** Looks at the files; one fstat while nothing has grown. */
  poll(): { fragments: SeenFragment[]; finished: SeenSegment[] }
  /** The segment that is being written. */
  current(): SeenSegment | undefined
  /** When the writer is gone: the last polls, then the segment that was open. */
  finish(): SeenSegment[]
}

/** A file whose writer did not close it properly has a successor all the same: asked after now and then. */
const looksPerNextFile = 4

/** Follows the files that one run of ffmpeg writes into `folder`. */
export const makeFollower = (options: {
  folder: string
  container: Container
  clockWatch: ClockWatch
  /** An mtime further back than this cannot belong to bytes that are new since the last poll. */
  mostPollMs: number
}): Follower => {
  const { folder, container, clockWatch, mostPollMs } = options
  let index = 0
  let segment: SeenSegment | undefined
  let reader: FragmentReader | undefined
  let nextPath = ''
  let seenBytes = -1
  let looks = 0
  let frameMs = Number.POSITIVE_INFINITY
  let writerGone = false

  const openNext = (): boolean => {
    const name = segmentName(index, container)
    const path = join(folder, name)
    if (!existsSync(path)) return false
    const fd = openSync(path, 'r')
    const empty = { fragments: 0, frames: 0, firstMs: 0, endMs: 0, fragmentBytes: 0, arrivals: [], closed: false }
    segment = { index, name, fd, init: undefined, ...empty }
    nextPath = join(folder, segmentName(index + 1, container))
    reader = makeFragmentReader((buffer, offset, length, position) => readSync(fd, buffer, offset, length, position))
    seenBytes = -1
    return true
  }

  /** All that is new in the open segment, up to its present size. */
  const drain = (into: SeenFragment[]): void => {
    if (!segment || !reader) return
    const { size, mtimeMs } = fstatSync(segment.fd)
    if (size === seenBytes) return
    seenBytes = size
    let last: SeenFragment | undefined
    for (let one = reader.next(size); one; one = reader.next(size)) {
      segment.init = reader.init()
      last = addFragment(segment, one)
      if (!last) continue
      frameMs = Math.min(frameMs, last.frameMs)
      into.push(last)
    }
    segment.closed = reader.tail() === 'closed'
    // What the end of a run flushes did not wait for a key frame, so it tells nothing about arrival.
    if (!last || (writerGone && segment.arrivals.length > 0)) return
    const monoMs = clockWatch.monoOfMtime(mtimeMs, mostPollMs)
    segment.arrivals.push({ mediaMs: segment.endMs + frameMs, monoMs })
  }

  const poll = () => {
    const fragments: SeenFragment[] = []
    const finished: SeenSegment[] = []
    looks++
    for (;;) {
      if (!segment && !openNext()) break
      drain(fragments)
      const mayHaveNext = segment?.closed || writerGone || looks % looksPerNextFile === 0
      if (!segment || !mayHaveNext || !existsSync(nextPath)) break
      drain(fragments)
      finished.push(segment)
      segment = undefined
      index++
    }
    return { fragments, finished }
  }

  return {
    poll,
    current: () => segment,
    finish: () => {
      writerGone = true
      const { finished } = poll()
      if (segment) finished.push(segment)
      segment = undefined
      return finished
    }
  }
}

/** Counts a fragment into its segment. @returns what it has of the picture, if anything. */
export const addFragment = (segment: SeenSegment, fragment: Fragment): SeenFragment | undefined => {
  segment.fragmentBytes += fragment.bytes
  segment.fragments++
  const track = videoOf(segment.init)
  const part = fragment.tracks.find(one => one.trackId === track?.trackId)
  if (!track || !part) return undefined
  const toMs = (ticks: number): number => (ticks * 1000) / track.timescale
  const startMs = toMs(part.baseDecodeTime)
  const durationMs = toMs(part.duration)
  if (segment.frames === 0) {
    const { prft } = fragment
    const shownMs = prft?.trackId === track.trackId ? toMs(prft.mediaTime) : startMs
    segment.firstMs = shownMs > startMs && shownMs < startMs + durationMs ? shownMs : startMs
  }
  segment.frames += part.samples
  segment.endMs = Math.max(segment.endMs, startMs + durationMs)
  return { durationMs, frames: part.samples, frameMs: durationMs / Math.max(1, part.samples), bytes: fragment.bytes }
}

export const videoOf = (init: Init | undefined): Track | undefined => init?.tracks.find(one => one.kind === 'video')
export const audioOf = (init: Init | undefined): Track | undefined => init?.tracks.find(one => one.kind === 'audio')
