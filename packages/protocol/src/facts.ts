import { z } from 'zod'
import { Assignment, Channel, Recorder, Viewpoint } from './entities.ts'
import { ConditionChange } from './health.ts'
import { OrderResult } from './orders.ts'
import { GapCause } from './recording.ts'
import { Bytes, Count, Id, Milliseconds, text } from './scalars.ts'

/** What the box is made of; at start and on change. The centre replaces its picture of the box by it. */
export const Inventory = z.object({
  agentVersion: text(60),
  bootId: text(40),
  hostName: text(100),
  maker: text(100).default(''),
  model: text(100).default(''),
  serial: text(100).default(''),
  cpu: text(100).default(''),
  cores: Count,
  memoryBytes: Bytes,
  os: text(100).default(''),
  disks: z
    .array(
      z.object({
        diskId: Id,
        mount: text(300),
        device: text(100),
        fileSystem: text(40),
        sizeBytes: Bytes,
        model: text(100).default(''),
        serial: text(100).default('')
      })
    )
    .max(64),
  recorders: z.array(Recorder).max(16),
  channels: z.array(Channel).max(256),
  viewpoints: z.array(Viewpoint).max(256),
  assignments: z.array(Assignment).max(4096)
})
export type Inventory = z.infer<typeof Inventory>

/** What was recorded, per viewpoint and channel, merged: adjoining segments are one interval. Replaces what was said of [fromMs, toMs). */
export const Coverage = z.object({
  viewpointId: Id,
  channelId: Id,
  fromMs: Milliseconds,
  toMs: Milliseconds,
  recorded: z.array(z.object({ fromMs: Milliseconds, toMs: Milliseconds })).max(2000),
  gaps: z.array(z.object({ fromMs: Milliseconds, toMs: Milliseconds, cause: GapCause })).max(2000)
})
export type Coverage = z.infer<typeof Coverage>

/** Retention truth, every five minutes and on change. Hours are of footage that is not under hold. */
export const Retention = z.object({
  viewpoints: z
    .array(
      z.object({
        viewpointId: Id,
        channelId: Id,
        requiredDays: z.int().min(0),
        /** Oldest footage that no hold keeps; missing = there is none. */
        oldestMs: Milliseconds.optional(),
        newestMs: Milliseconds.optional(),
        /** Hours covered within the required span (since commissioning), and the hours that span has. */
        coveredHours: z.number().min(0),
        requiredHours: z.number().min(0),
        bytesPerDay: z.number().min(0),
        footageBytes: Bytes,
        heldBytes: Bytes
      })
    )
    .max(256),
  disks: z
    .array(
      z.object({
        diskId: Id,
        totalBytes: Bytes,
        freeBytes: Bytes,
        /** At the present rate; missing while there is no rate yet. */
        daysUntilFull: z.number().min(0).optional(),
        readOnly: z.boolean()
      })
    )
    .max(64)
})
export type Retention = z.infer<typeof Retention>

/** One comparison of two clocks: offset = subject − reference, + = the subject is fast. */
export const ClockCheck = z.object({
  subject: z.enum(['box', 'camera']),
  channelId: Id.optional(),
  offsetMs: z.number(),
  uncertaintyMs: z.number().min(0),
  reference: z.enum(['centre', 'ntp', 'box']),
  method: text(60),
  synchronised: z.boolean(),
  /** A step of the box's wall clock that was seen: before, after. */
  step: z.object({ atMs: Milliseconds, deltaMs: z.number() }).optional()
})
export type ClockCheck = z.infer<typeof ClockCheck>

/** What the box did with footage under an evidence request. */
export const Custody = z.object({
  clipId: Id.optional(),
  /** Missing where no order did it: a hold that expired, or one for a clip taken at the box. `details.holdId` says which. */
  orderId: Id.optional(),
  action: z.enum([
    'holdPlaced',
    'holdReleased',
    'hashedAtSource',
    'transferStarted',
    'transferCompleted',
    'sourceCopyFreed',
    'snapshotTaken'
  ]),
  details: z.record(z.string().max(60), z.union([text(300), z.number()])).default({})
})
export type Custody = z.infer<typeof Custody>

/**
 * Durable records by kind: schema, and the lane they travel in. `urgent` (results, alarms, custody) is sent
 * before `routine`, so that a month of backlog never delays the newest result.
 */
export const recordKinds = {
  inventory: { lane: 'routine', channel: 'fact', schema: Inventory },
  condition: { lane: 'urgent', channel: 'fact', schema: ConditionChange },
  coverage: { lane: 'routine', channel: 'fact', schema: Coverage },
  retention: { lane: 'routine', channel: 'fact', schema: Retention },
  clock: { lane: 'routine', channel: 'fact', schema: ClockCheck },
  custody: { lane: 'urgent', channel: 'fact', schema: Custody },
  result: { lane: 'urgent', channel: 'result', schema: OrderResult }
} as const

export type RecordKind = keyof typeof recordKinds
export type RecordBody<Kind extends RecordKind = RecordKind> = z.infer<(typeof recordKinds)[Kind]['schema']>
export const recordKindNames = Object.keys(recordKinds) as [RecordKind, ...RecordKind[]]

export const lanes = ['urgent', 'routine'] as const
export type Lane = (typeof lanes)[number]
