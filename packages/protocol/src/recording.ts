import { z } from 'zod'
import { Bytes, Id, Milliseconds, Name, Sha256 } from './scalars.ts'

/**
 * The language between the agent and the recorder of one box: files in one mount, no socket, no pipe, so that
 * either may die without the other noticing (I9).
 *
 *     recorder.json                                    configuration; written by the agent's side, durable rename
 *     footage/recordings/<channelId>/run-<uuid>/NNNNNN.mp4|.mov   one folder a run of ffmpeg; list.csv beside
 *     footage/holds/<holdId>/<segmentId>.mp4|.mov      hard links; a held segment outlives its recording
 *     footage/journal/<yyyy-mm-dd>.jsonl               one line per closed segment or event (UTC day), append, fsynced
 *     footage/requests/<uuid>.json                     agent → recorder (durable rename)
 *     footage/answers/<uuid>.json                      recorder → agent, same id
 *     footage/status.json                              the recorder's view of each channel, replaced each second
 *
 * `footage/` is one mount: links across mounts fail (EXDEV).
 */

/** One stream to record. */
export const RecorderChannel = z.object({
  channelId: Id,
  /** rtsp:// or rtsps:// without user or password. */
  url: z
    .string()
    .max(2000)
    .regex(/^rtsps?:\/\/[^@\s]+$/),
  userName: z.string().max(200).optional(),
  /** Sealed to the key file of this box (base/secret). */
  sealedPassword: z.string().max(2000).optional(),
  enabled: z.boolean().default(true)
})
export type RecorderChannel = z.infer<typeof RecorderChannel>

export const RecorderConfig = z.object({
  v: z.literal(1),
  /** Seconds a segment aims at; it ends at the first key frame after. */
  segmentSeconds: z.number().min(2).max(900).default(60),
  channels: z.array(RecorderChannel).max(256)
})
export type RecorderConfig = z.infer<typeof RecorderConfig>

/**
 * The time rule of a segment: UTC of media time m is `m + utcMinusMediaMs` of the last anchor whose
 * `fromMediaMs` ≤ m. More than one anchor only where the wall clock was stepped inside the segment. Media time
 * counts from the start of the run (list.csv start + tfdt), in milliseconds with a fraction.
 */
export const Anchor = z.object({ fromMediaMs: z.number(), utcMinusMediaMs: z.number() })
export type Anchor = z.infer<typeof Anchor>

/**
 * Why there is no footage: why a channel was not recording, as far as the recorder knows, or that retention has taken
 * what there was (`overwritten`, said by the agent).
 */
export const GapCause = z.enum([
  'start',
  'power',
  'link',
  'camera',
  'signIn',
  'disk',
  'clockStep',
  'maintenance',
  'codecChange',
  'recorder',
  'overwritten',
  'unknown'
])
export type GapCause = z.infer<typeof GapCause>

/** A closed segment: on disk, fsynced, with this size and digest (I1). Written once, never changed. */
export const SegmentClosed = z.object({
  event: z.literal('segment'),
  segmentId: Id,
  channelId: Id,
  runId: Id,
  /** Number within the run, from 0. */
  index: z.int().min(0),
  /** Relative to footage/; built from ids only. */
  path: z
    .string()
    .max(300)
    .regex(/^recordings\/[0-9a-f-]{36}\/run-[0-9a-f-]{36}\/\d{6,}\.(mp4|mov)$/),
  bytes: Bytes,
  sha256: Sha256,
  /**
   * Media time of tfdt 0 of this file and of the end of its last whole fragment, ms since the start of the run. In
   * the first segment of a run with sound the first frame may be later than tfdt 0 says: `startMs` is its time.
   */
  mediaStartMs: z.number(),
  mediaEndMs: z.number(),
  anchors: z.array(Anchor).min(1).max(100),
  /** UTC by the box's clock of the first frame and of the end of the last one (envelope over a step). */
  startMs: Milliseconds,
  endMs: Milliseconds,
  /** Whether the box's clock was synchronised when the segment closed (I8). */
  synchronised: z.boolean(),
  bootId: z.string().max(40),
  fragments: z.int().min(0),
  videoCodec: z.string().max(20),
  audioCodec: z.string().max(20).optional(),
  /**
   * True when the writer died before it closed the file: `bytes` and `sha256` are of the file as it lies on disk,
   * `mediaEndMs` is the end of its last whole fragment.
   */
  torn: z.boolean()
})
export type SegmentClosed = z.infer<typeof SegmentClosed>

/** What else the journal tells: why a run began or ended, and steps of the wall clock. */
export const RunStarted = z.object({
  event: z.literal('runStarted'),
  channelId: Id,
  runId: Id,
  atMs: Milliseconds,
  bootId: z.string().max(40),
  cause: GapCause,
  /** What the run leaves out, such as sound that no container takes. */
  detail: z.string().max(500).optional()
})
export const RunEnded = z.object({
  event: z.literal('runEnded'),
  channelId: Id,
  runId: Id,
  atMs: Milliseconds,
  cause: GapCause,
  detail: z.string().max(500)
})
export const ClockStepped = z.object({
  event: z.literal('clockStepped'),
  atMs: Milliseconds,
  beforeMs: Milliseconds,
  deltaMs: z.number()
})
export const JournalLine = z.discriminatedUnion('event', [SegmentClosed, RunStarted, RunEnded, ClockStepped])
export type JournalLine = z.infer<typeof JournalLine>

/** Asks the recorder, the only program that writes and deletes footage. */
export const RecorderRequest = z.discriminatedUnion('request', [
  /** Link these closed segments into holds/<holdId>/; a segment that is linked already is no error. */
  z.object({
    request: z.literal('link'),
    id: Id,
    holdId: Id,
    segments: z.array(z.object({ segmentId: Id, path: z.string().max(300) })).max(20_000)
  }),
  /** Remove holds/<holdId>/ and its links; no error when it is gone. */
  z.object({ request: z.literal('unlinkHold'), id: Id, holdId: Id }),
  /** Delete these recordings (never a hold): unlink, fsync the folder. A file that is gone is no error. */
  z.object({ request: z.literal('delete'), id: Id, paths: z.array(z.string().max(300)).max(20_000) }),
  /** Start the channel's ffmpeg again. */
  z.object({ request: z.literal('restart'), id: Id, channelId: Id })
])
export type RecorderRequest = z.infer<typeof RecorderRequest>

export const RecorderAnswer = z.object({
  id: Id,
  done: z.boolean(),
  /** Per path or segment that could not be done: why. */
  failed: z.array(z.object({ path: z.string().max(300), reason: z.string().max(300) })).default([])
})
export type RecorderAnswer = z.infer<typeof RecorderAnswer>

/** One channel in status.json. Ages are monotonic durations at `writtenMs`; a reader adds the file's own age. */
export const ChannelStatus = z.object({
  channelId: Id,
  state: z.enum(['starting', 'recording', 'stalled', 'waiting', 'disabled']),
  runId: Id.optional(),
  /** Why it is not recording, as far as known. */
  cause: GapCause.optional(),
  /** Last line of ffmpeg's error output, secrets removed. */
  detail: z.string().max(500).optional(),
  lastFragmentAgeMs: z.number().min(0).optional(),
  /** Of the newest segment so far: frames per second and bits per second, measured on the bytes written. */
  fps: z.number().min(0).optional(),
  bitrateBps: z.number().min(0).optional(),
  gopMs: z.number().min(0).optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  videoCodec: z.string().max(20).optional(),
  audioCodec: z.string().max(20).optional(),
  /** Since the recorder started. */
  reconnects: z.int().min(0),
  stalls: z.int().min(0),
  lastSegmentEndMs: Milliseconds.optional(),
  pid: z.int().optional()
})
export type ChannelStatus = z.infer<typeof ChannelStatus>

export const RecorderStatus = z.object({
  v: z.literal(1),
  pid: z.int(),
  bootId: z.string().max(40),
  writtenMs: Milliseconds,
  writtenMonoMs: z.number(),
  synchronised: z.boolean(),
  channels: z.array(ChannelStatus)
})
export type RecorderStatus = z.infer<typeof RecorderStatus>

/** Labels beside ids, for people who look at the disk; never used as a path. */
export const ChannelLabel = z.object({ channelId: Id, name: Name })
