import type { Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'
import type { Init } from '@matthan/media/init'
import type { GapCause } from '@matthan/protocol/recording'
import type { Ffmpeg } from '../ffmpeg/process.ts'
import type { Follower, SeenSegment } from '../segments/follow.ts'
import type { Measures } from '../segments/measure.ts'
import { syncData } from '../segments/open_file.ts'
import type { Ticker } from '../ticker.ts'

/** Why we end a run. */
export type Reason = { cause: GapCause; detail: string }

export type Supervision = {
  clock: Clock
  ticker: Ticker
  log: Log
  channelId: string
  ffmpeg: Ffmpeg
  follower: Follower
  /** Kept up to date here. */
  view: { measures: Measures; init: Init | undefined; lastFragmentMonoMs: number | undefined }
  /** Ends the run; its reason is a `Reason`. */
  signal: AbortSignal
  /** Called with each look that brought fragments. */
  progressed(): void
  /** A segment that the writer is done with. */
  finished(segment: SeenSegment): void
}

/** Connecting, ffmpeg's look at the stream, and a first whole GOP. */
const firstFragmentMs = 30_000
/** With a look each second: what came just before the first of them is on disk within three seconds. */
const syncAtLook = 3
const trimEachLooks = 10

/** Stall = no new fragment for 2 × the measured GOP + 2 s. */
export const stallAfterMs = (gopMs: number | undefined): number =>
  gopMs === undefined ? firstFragmentMs : 2 * gopMs + 2000

/** Watches a run until it ends. @returns why we end it, or undefined when ffmpeg ended by itself. */
export const supervise = (around: Supervision): Promise<Reason | undefined> => {
  const { clock, ticker, ffmpeg, follower, view, signal } = around
  const begunMonoMs = clock.monoMs()
  const keepDurable = makeSyncer(around)
  let looks = 0

  const look = (): { reason: Reason | undefined } | undefined => {
    const { fragments, finished } = follower.poll()
    const nowMonoMs = clock.monoMs()
    if (fragments.length > 0) {
      view.lastFragmentMonoMs = nowMonoMs
      view.init = follower.current()?.init ?? view.init
      for (const one of fragments) view.measures.add(one, nowMonoMs)
      around.progressed()
    }
    for (const segment of finished) around.finished(segment)
    if (ffmpeg.exitCode() !== undefined) return { reason: undefined }
    if (signal.aborted) return { reason: signal.reason as Reason }

    const silentMs = nowMonoMs - (view.lastFragmentMonoMs ?? begunMonoMs)
    if (silentMs > stallAfterMs(view.measures.gopMs())) {
      return { reason: { cause: 'camera', detail: `no new fragment for ${(silentMs / 1000).toFixed(1)} s` } }
    }
    if (fragments.length > 0 && view.measures.standsStill()) {
      return { reason: { cause: 'camera', detail: 'time stamps of the camera stand still' } }
    }
    keepDurable(fragments.length > 0)
    if (++looks % trimEachLooks === 0) ffmpeg.trim()
    return undefined
  }

  return new Promise((resolve, reject) => {
    let isOver = false
    const lookOnce = () => {
      if (isOver) return
      try {
        const end = look()
        if (!end) return
        resolve(end.reason)
      } catch (error) {
        reject(error)
      }
      isOver = true
      leave()
      signal.removeEventListener('abort', lookOnce)
    }
    const leave = ticker.add(lookOnce)
    signal.addEventListener('abort', lookOnce)
    void ffmpeg.ended.then(lookOnce)
    if (signal.aborted) lookOnce()
  })
}

/** Calls fdatasync on the open segment, not more often than the promise about a power cut asks for. */
const makeSyncer = ({ follower, log, channelId }: Supervision): ((grew: boolean) => void) => {
  let dirtyLooks = 0
  let isSyncing = false
  return grew => {
    if (grew || dirtyLooks > 0) dirtyLooks++
    const open = follower.current()
    if (dirtyLooks < syncAtLook || isSyncing || !open) return
    dirtyLooks = 0
    isSyncing = true
    syncData(open.fd)
      .catch(error => log.warn({ error, channelId }, 'fdatasync failed'))
      .finally(() => {
        isSyncing = false
      })
  }
}
