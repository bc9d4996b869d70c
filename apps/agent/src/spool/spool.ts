import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { type Lane, lanes, type RecordBody, type RecordKind, recordKinds } from '@matthan/protocol/facts'
import { limits } from '@matthan/protocol/limits'
import { readShape } from '@matthan/protocol/read'
import type { z } from 'zod'
import type { LaneState, Room, SpoolRow, SpoolTable } from '../store/spool.ts'

/** How much waits for the centre. */
export type Pending = { records: number; bytes: number; oldestMs?: number }

/** Where every room puts what the centre must know. Durable when `append` returns, or when the transaction around it commits (I2). */
export type Spool = {
  append<Kind extends RecordKind>(kind: Kind, body: RecordBody<Kind>): void
  pending(): Pending
}

/** The other end of the spool: the link takes records out of it in order and drops them on acknowledgement. */
export type SpoolDrain = {
  lanes(): LaneState[]
  /** Records of a lane after `seq`, oldest first, as many as fit in `room`. */
  after(lane: Lane, seq: number, room: Room): SpoolRow[]
  /** Everything of (lane, epoch) up to `seq` is the centre's. False when it is none of ours. */
  acknowledge(lane: Lane, epoch: string, seq: number): boolean
}

/** What one record may take, so that it always fits in a message of its own. */
const recordBytes = limits.windowBytes - 1024

/**
 * @param synchronised whether the box's clock can be trusted now (I8).
 * @param appended is told after each append; the link then looks whether there is room to send.
 */
export const makeSpool = (options: {
  table: SpoolTable
  clock: Clock
  synchronised(): boolean
  appended(): void
}): Spool & SpoolDrain => {
  const { table, clock, synchronised, appended } = options

  const append = <Kind extends RecordKind>(kind: Kind, body: RecordBody<Kind>): void => {
    const { lane, schema } = recordKinds[kind]
    const text = JSON.stringify(readShape(kind, schema as z.ZodType, body))
    // A record that can never be sent would block its lane for ever.
    if (Buffer.byteLength(text) > recordBytes)
      throw new MatthanError('internal', 'agent.recordTooLarge', { kind, bytes: Buffer.byteLength(text) })
    table.append({ lane, kind, atMs: clock.nowMs(), synchronised: synchronised(), body: text })
    appended()
  }

  const acknowledge = (lane: Lane, epoch: string, seq: number): boolean => {
    const state = table.lanes().find(one => one.lane === lane)
    if (!state || state.epoch !== epoch) return false
    // The centre has records that this spool never gave out: the store is an older copy. New numbers would be taken
    // for repeats and lost, so what is left goes out under a new epoch (I3).
    if (seq > state.lastSeq) table.renewEpoch(lane)
    else if (seq > state.acked) table.acknowledge(lane, seq)
    return true
  }

  return {
    append,
    pending: table.pending,
    lanes: () => lanes.map(lane => table.lanes().find(one => one.lane === lane)!),
    after: table.after,
    acknowledge
  }
}
