import { newId } from '@matthan/base/id'
import type { Reader, Writer } from './open.ts'

export type LaneKey = { boxId: string; lane: string; epoch: string }

/** Largest seq taken of a lane; 0 when nothing was. */
export const lastSeqOf = async (db: Reader, key: LaneKey): Promise<number> => {
  const row = await db
    .selectFrom('lane')
    .select('last_seq')
    .where('box_id', '=', key.boxId)
    .where('lane', '=', key.lane)
    .where('epoch', '=', key.epoch)
    .executeTakeFirst()
  return row?.last_seq ?? 0
}

export const setLastSeq = async (trx: Writer, key: LaneKey, seq: number, nowMs: number): Promise<void> => {
  await trx
    .insertInto('lane')
    .values({ box_id: key.boxId, lane: key.lane, epoch: key.epoch, last_seq: seq, updated_ms: nowMs })
    .onConflict(conflict =>
      conflict.columns(['box_id', 'lane', 'epoch']).doUpdateSet({ last_seq: seq, updated_ms: nowMs })
    )
    .execute()
}

/** Records a hole: [fromSeq, toSeq] did not come. */
export const openHole = async (
  trx: Writer,
  key: LaneKey,
  fromSeq: number,
  toSeq: number,
  nowMs: number
): Promise<void> => {
  await trx
    .insertInto('lost_knowledge')
    .values({
      box_id: key.boxId,
      lane: key.lane,
      epoch: key.epoch,
      from_seq: fromSeq,
      to_seq: toSeq,
      seen_ms: nowMs
    })
    .execute()
}

/** True when `seq` was in a hole, which is smaller now: the record is new although later ones were taken. */
export const fillHole = async (trx: Writer, key: LaneKey, seq: number): Promise<boolean> => {
  const hole = await trx
    .selectFrom('lost_knowledge')
    .selectAll()
    .where('box_id', '=', key.boxId)
    .where('lane', '=', key.lane)
    .where('epoch', '=', key.epoch)
    .where('from_seq', '<=', seq)
    .where('to_seq', '>=', seq)
    .executeTakeFirst()
  if (!hole) return false
  await trx
    .deleteFrom('lost_knowledge')
    .where('box_id', '=', key.boxId)
    .where('lane', '=', key.lane)
    .where('epoch', '=', key.epoch)
    .where('from_seq', '=', hole.from_seq)
    .execute()
  if (hole.from_seq < seq) await openHole(trx, key, hole.from_seq, seq - 1, hole.seen_ms)
  if (hole.to_seq > seq) await openHole(trx, key, seq + 1, hole.to_seq, hole.seen_ms)
  return true
}

/** Rows that a box may have in quarantine: a box that sends nothing but rubbish fills no disk. */
export const quarantineMost = 1000
const bodyMost = 16 * 1024

/** I4: keeps what could not be taken, with the reason. */
export const putQuarantine = async (
  trx: Writer,
  row: {
    boxId: string
    lane?: string | undefined
    epoch?: string | undefined
    seq?: number | undefined
    kind: string
    body: string
    reason: string
    nowMs: number
  }
): Promise<void> => {
  await trx
    .insertInto('quarantine')
    .values({
      quarantine_id: newId(),
      box_id: row.boxId,
      lane: row.lane ?? null,
      epoch: row.epoch ?? null,
      seq: row.seq ?? null,
      kind: row.kind.slice(0, 60),
      body: row.body.slice(0, bodyMost),
      reason: row.reason.slice(0, 500),
      at_ms: row.nowMs
    })
    .execute()
  await trx
    .deleteFrom('quarantine')
    .where('box_id', '=', row.boxId)
    .where('quarantine_id', 'in', eb =>
      eb
        .selectFrom('quarantine')
        .select('quarantine_id')
        .where('box_id', '=', row.boxId)
        .orderBy('quarantine_id', 'desc')
        .limit(100)
        .offset(quarantineMost)
    )
    .execute()
}

export const quarantineOf = async (db: Reader, boxId: string, most: number) =>
  await db
    .selectFrom('quarantine')
    .selectAll()
    .where('box_id', '=', boxId)
    .orderBy('quarantine_id', 'desc')
    .limit(most)
    .execute()
