import { existsSync, fstatSync, readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
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
  file: FileHandle
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
  /** Looks at the files; cheap while nothing has grown. */
  poll(): Promise<{ fragments: SeenFragment[]; finished: SeenSegment[] }>
  /** The segment that is being written. */
  current(): SeenSegment | undefined
  /** When the writer is gone: the last polls, then the segment that was open. */
  finish(): Promise<SeenSegment[]>
}

const looksPerNextFile = 8

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
  let quietLooks = 0
  let frameMs = Number.POSITIVE_INFINITY
  let writerGone = false

  const openNext = async (): Promise<boolean> => {
    const name = segmentName(index, container)
    const path = join(folder, name)
    if (!existsSync(path)) return false
    const file = await open(path)
    const empty = { fragments: 0, frames: 0, firstMs: 0, endMs: 0, fragmentBytes: 0, arrivals: [], closed: false }
    segment = { index, name, file, init: undefined, ...empty }
    nextPath = join(folder, segmentName(index + 1, container))
    // Headers that were written a moment ago lie in the page cache: a trip to the thread pool costs ten times more.
    reader = makeFragmentReader({
      read: async (buffer, offset, length, position) => ({
        bytesRead: readSync(file.fd, buffer, offset, length, position)
      })
    })
    seenBytes = -1
    return true
  }

  /** All that is new in the open segment, up to its present size. */
  const drain = async (into: SeenFragment[]): Promise<void> => {
    if (!segment || !reader) return
    const { size, mtimeMs } = fstatSync(segment.file.fd)
    if (size === seenBytes) return
    seenBytes = size
    let last: SeenFragment | undefined
    for (let one = await reader.next(size); one; one = await reader.next(size)) {
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

  /** Almost every look finds nothing new; a file whose writer did not close it properly is asked after now and then. */
  const isQuiet = (): boolean =>
    segment !== undefined &&
    !segment.closed &&
    !writerGone &&
    ++quietLooks % looksPerNextFile !== 0 &&
    fstatSync(segment.file.fd).size === seenBytes

  const poll = async () => {
    const fragments: SeenFragment[] = []
    const finished: SeenSegment[] = []
    if (isQuiet()) return { fragments, finished }
    for (;;) {
      if (!segment && !(await openNext())) break
      await drain(fragments)
      if (!segment || !existsSync(nextPath)) break
      await drain(fragments)
      finished.push(segment)
      segment = undefined
      index++
    }
    return { fragments, finished }
  }

  return {
    poll,
    current: () => segment,
    finish: async () => {
      writerGone = true
      const { finished } = await poll()
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
