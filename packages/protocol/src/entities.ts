import { z } from 'zod'
import { Id, Milliseconds, Name, text } from './scalars.ts'

/**
 * The nouns (0-decisions, Words). A *box* is where an agent runs; a *recorder* writes footage; a *channel* is one
 * stream of a recorder; a *viewpoint* is what people mean by "the camera at the market". Dated *assignments*
 * tie a channel to a viewpoint, so that replacing a camera or a box ends one assignment and begins another while
 * the viewpoint's retention, coverage and evidence go on.
 */
export const Viewpoint = z.object({
  viewpointId: Id,
  name: Name,
  place: text(300).default(''),
  /** Days of footage that must exist; 0 = none agreed. */
  requiredDays: z.int().min(0).max(3650)
})
export type Viewpoint = z.infer<typeof Viewpoint>

export const Recorder = z.object({
  recorderId: Id,
  /** `matthan` is ours; the others are read where they stand. */
  kind: z.enum(['matthan', 'frigate', 'mediamtx', 'motion', 'zoneminder', 'pattern']),
  name: Name
})
export type Recorder = z.infer<typeof Recorder>

export const Channel = z.object({
  channelId: Id,
  recorderId: Id,
  name: Name,
  /** Host and port of the camera; never a password, never a path with a token. */
  address: text(300),
  kind: z.enum(['onvif', 'rtsp']),
  manufacturer: text(100).optional(),
  model: text(100).optional(),
  firmware: text(100).optional(),
  serial: text(100).optional(),
  videoCodec: text(20).optional(),
  audioCodec: text(20).optional(),
  width: z.int().min(0).max(65_535).optional(),
  height: z.int().min(0).max(65_535).optional()
})
export type Channel = z.infer<typeof Channel>

/** From `fromMs` (until `toMs`, when it has ended) this channel shows this viewpoint. */
export const Assignment = z.object({
  assignmentId: Id,
  channelId: Id,
  viewpointId: Id,
  fromMs: Milliseconds,
  toMs: Milliseconds.optional()
})
export type Assignment = z.infer<typeof Assignment>
