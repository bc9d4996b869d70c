import { fromUnknown } from '@matthan/base/error'
import { Envelope, RecordFrame } from '@matthan/protocol/envelope'
import type { Lane } from '@matthan/protocol/facts'
import { readMessage, readRecord, readShape } from '@matthan/protocol/read'
import { z } from 'zod'
import { withSavepoint } from '../store/batch.ts'
import type { Note } from '../store/changes.ts'
import { fillHole, type LaneKey, lastSeqOf, openHole, putQuarantine, setLastSeq } from '../store/lanes.ts'
import type { ControlStore, Writer } from '../store/open.ts'
import type { TakeRecord } from './ingesters.ts'

/** As `Envelope`, with its records unread: a bad one must not spoil the others (I4). */
const LooseEnvelope = Envelope.extend({ records: z.array(z.unknown()).min(1).max(64) })
const Numbered = z.object({ seq: z.int().min(1), kind: z.string().max(60).catch('unknown') })

/** What is to be acknowledged: everything of (lane, epoch) up to `seq` is committed (I2). */
export type Taken = { lane: Lane; epoch: string; seq: number; fresh: number; quarantined: number; holes: number }

/**
 * Takes one message in one transaction. I3: a record is taken exactly once, whatever is repeated or comes late;
 * holes are recorded and may be filled later.
 * @throws MatthanError usage when the message is no envelope; exhausted, dataLoss, busy or internal when the
 *   store failed: then nothing was taken and nothing may be acknowledged.
 */
export const takeBatch = async (
  store: ControlStore,
  takeRecord: TakeRecord,
  boxId: string,
  bytes: Uint8Array,
  nowMs: number
): Promise<Taken> => {
  const envelope = readMessage('envelope', LooseEnvelope, bytes)
  const { lane, epoch } = envelope
  const key: LaneKey = { boxId, lane, epoch }
  return await store.write(async (trx, note) => {
    const before = await lastSeqOf(trx, key)
    const taken: Taken = { lane, epoch, seq: before, fresh: 0, quarantined: 0, holes: 0 }
    for (const raw of envelope.records) {
      const numbered = Numbered.safeParse(raw).data
      if (!numbered) {
        await quarantine(trx, key, { kind: 'record', raw, reason: 'no seq', nowMs })
        taken.quarantined++
        continue
      }
      const { seq } = numbered
      const late = seq <= taken.seq
      if (late && !(await fillHole(trx, key, seq))) continue
      if (seq > taken.seq + 1) {
        await openHole(trx, key, taken.seq + 1, seq - 1, nowMs)
        taken.holes++
      }
      taken.seq = Math.max(taken.seq, seq)
      taken.fresh++
      const reason = await takeOne({ trx, note, takeRecord, key, lane, raw, late, nowMs })
      if (reason === undefined) continue
      await quarantine(trx, key, { seq, kind: numbered.kind, raw, reason, nowMs })
      taken.quarantined++
    }
    if (taken.seq > before) await setLastSeq(trx, key, taken.seq, nowMs)
    return taken
  })
}

/** @returns why it, or a part of it, was not taken. */
const takeOne = async (one: {
  trx: Writer
  note: Note
  takeRecord: TakeRecord
  key: LaneKey
  lane: Lane
  raw: unknown
  late: boolean
  nowMs: number
}): Promise<string | undefined> => {
  const { trx, key, lane, late, nowMs } = one
  const noted: Parameters<Note>[] = []
  try {
    const frame = readShape('record', RecordFrame, one.raw)
    const record = readRecord(frame)
    const taking = {
      trx,
      note: (...change: Parameters<Note>) => noted.push(change),
      boxId: key.boxId,
      lane,
      epoch: key.epoch,
      seq: frame.seq,
      at: frame.at,
      late,
      nowMs
    }
    const left = await withSavepoint(trx, () => one.takeRecord(taking, record))
    for (const change of noted) one.note(...change)
    return left
  } catch (error) {
    if (isOfTheStore(error)) throw error
    return fromUnknown(error).message
  }
}

/** The store cannot write: the record is innocent. A constraint that it breaks is its own fault. */
const isOfTheStore = (error: unknown): boolean => {
  const code = String((error as { code?: unknown } | null)?.code ?? '')
  return code.startsWith('SQLITE_') && !code.startsWith('SQLITE_CONSTRAINT') && code !== 'SQLITE_TOOBIG'
}

const quarantine = async (
  trx: Writer,
  key: LaneKey,
  row: { seq?: number; kind: string; raw: unknown; reason: string; nowMs: number }
): Promise<void> => {
  const { raw, ...rest } = row
  await putQuarantine(trx, { ...key, ...rest, body: JSON.stringify(raw) ?? '' })
}
