import { closeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@matthan/base/clock'
import { syncFolder, writeDurably } from '@matthan/base/files'
import { newId } from '@matthan/base/id'
import type { Log } from '@matthan/base/log'
import { type AnchorKeeper, type ClockWatch, makeAnchorKeeper, utcAnchors } from '@matthan/media/anchor'
import type { Init } from '@matthan/media/init'
import type { GapCause, RecorderChannel } from '@matthan/protocol/recording'
import { ffmpegCommand, inputScript, lockedExitCode, type Writing } from '../ffmpeg/arguments.ts'
import { isRefusedCodec, readComplaint } from '../ffmpeg/complaint.ts'
import { startFfmpeg } from '../ffmpeg/process.ts'
import type { Journal } from '../journal/journal.ts'
import { type Layout, segmentPath } from '../layout.ts'
import type { Queue } from '../queue.ts'
import { baseOf, closeSegment } from '../segments/close.ts'
import { makeFollower, type SeenSegment } from '../segments/follow.ts'
import { type Measures, makeMeasures } from '../segments/measure.ts'
import { discardEmptyRun, discardSegment } from '../segments/run_folder.ts'
import { findListed } from '../segments/segment_list.ts'
import type { Ticker } from '../ticker.ts'
import { supervise } from './supervise.ts'

/** What every run needs from the program around it. */
export type Surroundings = {
  clock: Clock
  clockWatch: ClockWatch
  ticker: Ticker
  layout: Layout
  journal: Journal
  /** Closes segments one after the other, and keeps a run's lines in order. */
  closing: Queue
  log: Log
  bootId: string
  synchronised(): boolean
  segmentSeconds(): number
}

/** A run while it lasts, for status and for stopping it. */
export type RunView = {
  runId: string
  pid: number
  measures: Measures
  /** The header of the newest segment. */
  init: Init | undefined
  /** Monotonic; undefined before the first fragment. */
  lastFragmentMonoMs: number | undefined
  /** Path relative to footage/ of the file that is being written. */
  openPath(): string | undefined
}

export type RunEnd = {
  cause: GapCause
  detail: string
  /** Whether anything was recorded. */
  recorded: boolean
  stalled: boolean
  /** ffmpeg cannot write it this way. */
  refusedCodec: boolean
  /** Another ffmpeg holds the channel's lock. */
  locked: boolean
}

export type RunOptions = {
  channel: RecorderChannel
  password: string | undefined
  writing: Writing
  /** Why the channel was not recording before. */
  gap: { cause: GapCause; detail?: string }
  /** Ends the run; its reason is the cause. */
  signal: AbortSignal
  started(view: RunView): void
  /** Called with each look that brought fragments. */
  progressed(): void
  /** End in UTC of a segment that has got into the journal. */
  closed(endMs: number): void
}

/** How old an mtime may be at the look that finds it: looks come each second, and a busy machine is late. */
const mostLookMs = 2000

/** Records a channel with one ffmpeg, from its start to its end. @throws MatthanError when it cannot be started. */
export const recordRun = async (around: Surroundings, options: RunOptions): Promise<RunEnd> => {
  const { clock, layout, bootId } = around
  const { channel, writing, password } = options
  const runId = newId()
  const folder = layout.runFolder(channel.channelId, runId)
  await mkdir(folder, { recursive: true, mode: 0o750 })
  await syncFolder(layout.channelFolder(channel.channelId))
  const startedMs = clock.nowMs()
  await writeDurably(
    join(folder, 'run.json'),
    JSON.stringify({ runId, bootId, startedMs, container: writing.container })
  )

  const lock = layout.lockOf(channel.channelId)
  const command = ffmpegCommand({ lock, folder, segmentSeconds: around.segmentSeconds(), writing })
  const follower = makeFollower({
    folder,
    container: writing.container,
    clockWatch: around.clockWatch,
    mostPollMs: mostLookMs
  })
  const closer = makeCloser(around, options, { runId, folder })
  const ffmpeg = await startFfmpeg({ ...command, script: inputScript(channel, password), folder, clock })
  const view: RunView = {
    runId,
    pid: ffmpeg.pid,
    measures: makeMeasures(),
    init: undefined,
    lastFragmentMonoMs: undefined,
    openPath: () => {
      const open = follower.current()
      return open && segmentPath(channel.channelId, runId, open.name)
    }
  }
  options.started(view)

  let end: RunEnd
  try {
    const reason = await supervise({
      ...{ clock, ticker: around.ticker, log: around.log, channelId: channel.channelId, ffmpeg, follower, view },
      signal: options.signal,
      progressed: () => {
        closer.started()
        options.progressed()
      },
      finished: closer.close
    })
    await ffmpeg.stop()
    for (const segment of follower.finish()) closer.close(segment)
    const recorded = view.lastFragmentMonoMs !== undefined || closer.any()
    const words = ffmpeg.words()
    const complaint = readComplaint(words, password === undefined ? [] : [password])
    end = {
      ...(reason ?? complaint),
      recorded,
      stalled: reason?.cause === 'camera',
      refusedCodec: !recorded && isRefusedCodec(words),
      locked: ffmpeg.exitCode() === lockedExitCode
    }
  } finally {
    await ffmpeg.stop()
    ffmpeg.release()
  }
  if (end.recorded) closer.ended(end)
  else await discardEmptyRun(folder)
  return end
}

type Closer = {
  started(): void
  close(segment: SeenSegment): void
  ended(end: RunEnd): void
  any(): boolean
}

/** Turns what was seen into journal lines, in order, outside the supervision's loop. */
const makeCloser = (around: Surroundings, options: RunOptions, run: { runId: string; folder: string }): Closer => {
  const { clock, clockWatch, journal, closing, bootId } = around
  const { channelId } = options.channel
  const { runId, folder } = run
  const keeper: AnchorKeeper = makeAnchorKeeper()
  let previousEndMs = 0
  let any = false
  let isStarted = false

  const started = () => {
    if (isStarted) return
    isStarted = true
    const { cause, detail } = options.gap
    const line = { channelId, runId, atMs: clock.nowMs(), bootId, cause, ...(detail ? { detail } : {}) }
    closing.add(() => journal.append({ event: 'runStarted', ...line }))
  }

  const close = (segment: SeenSegment) => {
    if (segment.fragments > 0) {
      any = true
      started()
    }
    const isSynchronised = around.synchronised()
    closing.add(async () => {
      if (segment.fragments === 0) return await discardSegment(folder, segment)
      const baseMs = baseOf(segment, findListed(folder, segment.name), previousEndMs)
      const toMs = baseMs + segment.endMs
      for (const one of segment.arrivals) keeper.add({ mediaMs: baseMs + one.mediaMs, monoMs: one.monoMs })
      segment.arrivals = []
      previousEndMs = toMs
      const anchors = utcAnchors({ fromMs: baseMs, toMs }, keeper.anchors(), clockWatch.epochs())
      const closed = { segment, channelId, runId, folder, baseMs, anchors, synchronised: isSynchronised, bootId }
      const line = await closeSegment(closed)
      await journal.append(line)
      closeSync(segment.fd)
      options.closed(line.endMs)
    })
  }

  const ended = ({ cause, detail }: RunEnd) => {
    const atMs = clock.nowMs()
    closing.add(() => journal.append({ event: 'runEnded', channelId, runId, atMs, cause, detail }))
    closing.add(() => writeDurably(join(folder, 'ended.json'), JSON.stringify({ atMs, cause })))
  }
  return { started, close, ended, any: () => any }
}
