import { fromUnknown } from '@matthan/base/error'
import { backOff, runForever } from '@matthan/base/retry'
import type { Init } from '@matthan/media/init'
import type { ChannelStatus, GapCause, RecorderChannel } from '@matthan/protocol/recording'
import type { Container, Writing } from '../ffmpeg/arguments.ts'
import { withoutSecrets } from '../ffmpeg/complaint.ts'
import { audioOf, videoOf } from '../segments/follow.ts'
import { type RunEnd, type RunView, recordRun, type Surroundings } from './run.ts'

export type Channel = {
  channelId: string
  status(): ChannelStatus
  /** Path relative to footage/ of the file that is being written. */
  openPath(): string | undefined
  /** Ends the present run and begins another at once. */
  restart(): void
  /** Ends the run, closes its last segment; resolves when ffmpeg is gone. */
  stop(): Promise<void>
}

export type ChannelOptions = {
  channel: RecorderChannel
  /** @throws MatthanError config when the sealed password cannot be opened. */
  password(): string | undefined
  /** Why it was not recording before this program began. */
  firstCause: GapCause
  /** Ends ffmpegs that nobody supervises and that hold this channel's lock. */
  endOrphans(): Promise<void>
}

const firstWaitMs = 250
const mostWaitMs = 30_000
const restartReason = { cause: 'maintenance', detail: 'restart was asked for' } satisfies Partial<RunEnd>
const stopReason = { cause: 'maintenance', detail: 'recording was stopped' } satisfies Partial<RunEnd>

/** Records one channel until it is stopped: run after run, with a back-off between failures. */
export const startChannel = (around: Surroundings, options: ChannelOptions): Channel => {
  const { clock, log } = around
  const { channel } = options
  const { channelId } = channel
  const stopped = new AbortController()
  let restarted = new AbortController()
  const wait = backOff(firstWaitMs, mostWaitMs)
  let waiting = new AbortController()
  let writing: Writing = { container: 'mp4', sound: true }
  let gap: { cause: GapCause; detail?: string } = { cause: options.firstCause }
  let run: RunView | undefined
  let state: ChannelStatus['state'] = 'starting'
  let stalls = 0
  let recordedRuns = 0
  let lastSegmentEndMs: number | undefined

  const runOnce = async (): Promise<void> => {
    restarted = new AbortController()
    const end = await recordRun(around, {
      channel,
      password: options.password(),
      writing,
      gap: { ...gap, ...(writing.sound ? {} : { detail: 'recorded without sound: no container takes its codec' }) },
      signal: AbortSignal.any([stopped.signal, restarted.signal]),
      started: view => {
        run = view
      },
      progressed: () => {
        if (state !== 'recording') {
          state = 'recording'
          recordedRuns++
        }
        wait.reset()
      },
      closed: endMs => {
        lastSegmentEndMs = endMs
      }
    })
    await settle(end)
  }

  /** What the end of a run means for the next one. */
  const settle = async (end: RunEnd): Promise<void> => {
    const { init } = run ?? {}
    run = undefined
    if (end.refusedCodec && writing.sound) {
      writing = writing.container === 'mp4' ? { container: 'mov', sound: true } : { container: 'mov', sound: false }
      if (recordedRuns > 0) gap = { cause: 'codecChange', detail: end.detail }
      wait.reset()
      return
    }
    if (end.recorded) writing = { container: containerFor(init) ?? writing.container, sound: true }
    if (end.locked) await options.endOrphans()
    gap = { cause: end.cause, detail: end.detail }
    state = end.stalled ? 'stalled' : 'waiting'
    if (end.stalled) stalls++
    log.warn({ channelId, cause: end.cause, detail: end.detail, recorded: end.recorded }, 'run ended')
  }

  const finished = runForever({
    clock: {
      ...clock,
      sleep: (ms, signal) => clock.sleep(ms, AbortSignal.any([waiting.signal, ...(signal ? [signal] : [])]))
    },
    signal: stopped.signal,
    wait,
    runOnce,
    failed: error => {
      const failure = fromUnknown(error)
      gap = { cause: failure.kind === 'exhausted' ? 'disk' : 'recorder', detail: withoutSecrets(failure.message) }
      state = 'waiting'
      run = undefined
      log.error({ channelId, error }, 'run failed')
    }
  })

  return {
    channelId,
    openPath: () => run?.openPath(),
    restart: () => {
      restarted.abort(restartReason)
      waiting.abort()
      waiting = new AbortController()
    },
    stop: async () => {
      stopped.abort(stopReason)
      await finished
    },
    status: () => {
      const video = videoOf(run?.init)
      const audio = audioOf(run?.init)
      const { measures } = run ?? {}
      const isRecording = state === 'recording'
      const lastMonoMs = run?.lastFragmentMonoMs
      const detail = isRecording ? undefined : gap.detail
      return withoutUndefined<ChannelStatus>({
        channelId,
        state,
        runId: run?.runId,
        cause: isRecording ? undefined : gap.cause,
        detail: detail?.slice(0, 500),
        lastFragmentAgeMs: lastMonoMs === undefined ? undefined : Math.max(0, Math.round(clock.monoMs() - lastMonoMs)),
        fps: rounded(measures?.fps(), 100),
        bitrateBps: rounded(measures?.bitrateBps(), 1),
        gopMs: rounded(measures?.gopMs(), 1),
        width: video?.width,
        height: video?.height,
        videoCodec: video?.codec.slice(0, 20),
        audioCodec: audio?.codec.slice(0, 20),
        reconnects: Math.max(0, recordedRuns - 1),
        stalls,
        lastSegmentEndMs,
        pid: run?.pid
      })
    }
  }
}

const rounded = (value: number | undefined, parts: number): number | undefined =>
  value === undefined ? undefined : Math.round(value * parts) / parts

const withoutUndefined = <T>(value: { [Key in keyof T]: T[Key] | undefined }): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T

/** The container that a run's own sound asks for, so that a camera which turned to AAC gets mp4 again. */
const containerFor = (init: Init | undefined): Container | undefined => {
  const audio = audioOf(init)
  return audio && (audio.codec === 'aac' ? 'mp4' : 'mov')
}
