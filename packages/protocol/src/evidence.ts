import { z } from 'zod'
import { Anchor, GapCause } from './recording.ts'
import { At, Bytes, Id, Milliseconds, Name, Range, Sha256, text } from './scalars.ts'

/** A range in which nothing was delivered, with what is known of why. */
export const Gap = z.object({
  fromMs: Milliseconds,
  toMs: Milliseconds,
  cause: z.union([GapCause, z.literal('notYetRecorded')])
})
export type Gap = z.infer<typeof Gap>

/** One delivered original: its name in the upload and the package, and what was known of it since it was recorded. */
export const StatedSegment = z.object({
  /** `<channel8>_<yyyymmddThhmmssZ>_<index>.<mp4|mov>`: ASCII, unique within the statement. */
  name: z.string().regex(/^[0-9A-Za-z_]{1,80}\.(mp4|mov)$/),
  segmentId: Id,
  channelId: Id,
  runId: Id,
  index: z.int().min(0),
  bytes: Bytes,
  /** From the time of recording (the journal). */
  sha256: Sha256,
  /** From the bytes read for this statement; the statement is only made when both are equal. */
  sha256AtPull: Sha256,
  startMs: Milliseconds,
  endMs: Milliseconds,
  mediaStartMs: z.number(),
  mediaEndMs: z.number(),
  anchors: z.array(Anchor).min(1).max(100),
  synchronised: z.boolean(),
  videoCodec: text(20),
  audioCodec: text(20).optional(),
  torn: z.boolean()
})
export type StatedSegment = z.infer<typeof StatedSegment>

/**
 * The statement of a box about one extraction (acquisition.json): what was asked, what is delivered, which gaps
 * there are, and the box's clock at the pull. Signed by the box's `statement` key as detached CMS
 * (acquisition.json.p7s) over its bytes as sent.
 */
export const Statement = z.object({
  v: z.literal(1),
  what: z.literal('matthan.acquisition'),
  orderId: Id,
  clipId: Id,
  boxId: Id,
  madeAt: At,
  agentVersion: text(60),
  bootId: text(40),
  viewpoint: z.object({ viewpointId: Id, name: Name, place: text(300) }),
  asked: Range,
  /** From the first key frame at or before `asked.fromMs` to the end of the last segment; missing = nothing was recorded. */
  delivered: Range.optional(),
  complete: z.boolean(),
  segments: z.array(StatedSegment).max(20_000),
  gaps: z.array(Gap).max(20_000),
  /** Offset box − reference at the pull, + = the box is fast; missing = never compared. */
  clock: z
    .object({
      offsetMs: z.number(),
      uncertaintyMs: z.number().min(0),
      reference: z.enum(['centre', 'ntp']),
      measuredMs: Milliseconds
    })
    .optional(),
  device: z.object({
    maker: text(100).optional(),
    model: text(100).optional(),
    firmware: text(100).optional(),
    serial: text(100).optional(),
    address: text(300).optional()
  })
})
export type Statement = z.infer<typeof Statement>

export const statementName = 'acquisition.json'
export const statementSealName = 'acquisition.json.p7s'
