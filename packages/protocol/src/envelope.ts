import { z } from 'zod'
import { type Lane, lanes, type RecordBody, type RecordKind } from './facts.ts'
import { At, Bytes, Id, Milliseconds, text } from './scalars.ts'
import { protocolVersion } from './version.ts'

/** One durable record. The body is checked against its kind by `readRecord`, one by one, so that a bad one is quarantined alone (I4). */
export const RecordFrame = z.object({ seq: z.int().min(1), at: At, kind: z.string().max(60), body: z.unknown() })
export type RecordFrame = z.infer<typeof RecordFrame>

/** A message on `up/fact` or `up/result`: records of one lane in ascending order. I3: (box, epoch, seq) is one record for ever. */
export const Envelope = z.object({
  v: z.int().min(1),
  lane: z.enum(lanes),
  /** Random id made when the spool was created; a re-imaged box cannot collide with its past. */
  epoch: Id,
  records: z.array(RecordFrame).min(1).max(64)
})
export type Envelope = z.infer<typeof Envelope>

/** On `up/hello`, after each connect: what the box has to say and knows. */
export const Hello = z.object({
  v: z.int().min(1),
  agentVersion: text(60),
  bootId: text(40),
  at: At,
  lanes: z
    .array(z.object({ lane: z.enum(lanes), epoch: Id, firstSeq: z.int().min(1), lastSeq: z.int().min(0) }))
    .max(8),
  configVersion: z.int().min(0),
  /** Largest order seq the box has seen: a centre that knows less was restored from a backup. */
  lastOrderSeq: z.int().min(0),
  /** Orders that the box holds and has not answered yet. */
  ordersKnown: z.array(Id).max(1000)
})
export type Hello = z.infer<typeof Hello>

/** On `up/heartbeat`, every 30 s ± jitter, not durable. The centre keeps the newest. */
export const Heartbeat = z.object({
  v: z.int().min(1),
  at: At,
  /** Where the box's clock stood against the centre at the last acknowledgement, and how sure that is. */
  clockOffsetMs: z.number().optional(),
  clockUncertaintyMs: z.number().min(0).optional(),
  upSeconds: z.number().min(0),
  cpuPercent: z.number().min(0),
  memoryFreeBytes: Bytes,
  load1: z.number().min(0),
  temperatureC: z.number().optional(),
  spool: z.object({ records: z.int().min(0), bytes: Bytes, oldestMs: Milliseconds.optional() }),
  uplinkBps: z.number().min(0).optional(),
  roundTripMs: z.number().min(0).optional(),
  channels: z
    .array(
      z.object({
        channelId: Id,
        state: z.enum(['recording', 'starting', 'stalled', 'waiting', 'disabled', 'unknown']),
        fps: z.number().min(0).optional(),
        bitrateBps: z.number().min(0).optional(),
        lastFragmentAgeMs: z.number().min(0).optional(),
        reconnects: z.int().min(0),
        stalls: z.int().min(0)
      })
    )
    .max(256)
})
export type Heartbeat = z.infer<typeof Heartbeat>

export const transferPhases = ['accepted', 'holding', 'stating', 'uploading', 'verifying'] as const
/** On `up/progress`, at most once a second an order, not durable. */
export const Progress = z.object({
  v: z.int().min(1),
  at: At,
  orderId: Id,
  phase: z.enum(transferPhases),
  doneBytes: Bytes.optional(),
  totalBytes: Bytes.optional(),
  /** Measured over the last seconds, bytes per second; time left follows from it. */
  rateBytesPerSecond: z.number().min(0).optional(),
  leftMs: z.number().min(0).optional()
})
export type Progress = z.infer<typeof Progress>

/** The will, and what a box says when it stops in order. */
export const Bye = z.object({ v: z.int().min(1), reason: z.enum(['lost', 'stopping']) })
export type Bye = z.infer<typeof Bye>

/** On `down/ack`: everything of (lane, epoch) up to `seq` is committed (I2). Also tells the time. */
export const Ack = z.object({
  v: z.int().min(1),
  /** Rises with each restore of the centre. A smaller one than seen before puts the box on hold-only. */
  centreEpoch: z.int().min(1),
  lane: z.enum(lanes),
  epoch: Id,
  seq: z.int().min(0),
  centreTimeMs: Milliseconds
})
export type Ack = z.infer<typeof Ack>

export const makeEnvelope = (lane: Lane, epoch: string, records: Envelope['records']): Envelope => ({
  v: protocolVersion,
  lane,
  epoch,
  records
})

export type DurableRecord = { [Kind in RecordKind]: { kind: Kind; body: RecordBody<Kind> } }[RecordKind]
