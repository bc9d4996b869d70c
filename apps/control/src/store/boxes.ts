import type { Heartbeat, Hello } from '@matthan/protocol/envelope'
import type { Selectable } from 'kysely'
import type { Note } from './changes.ts'
import type { Reader, Writer } from './open.ts'
import type { Tables } from './tables/tables.ts'

export type BoxRow = Selectable<Tables['box']>

export const boxById = async (db: Reader, boxId: string): Promise<BoxRow | undefined> =>
  await db.selectFrom('box').selectAll().where('box_id', '=', boxId).executeTakeFirst()

/** In the order of their names. */
export const allBoxes = async (db: Reader): Promise<BoxRow[]> =>
  await db.selectFrom('box').selectAll().orderBy('name').execute()

/** At the start of the centre nobody is connected yet. */
export const setAllOffline = async (trx: Writer, note: Note): Promise<void> => {
  const online = await trx.selectFrom('box').select('box_id').where('online', '=', 1).execute()
  await trx.updateTable('box').set({ online: 0 }).execute()
  for (const row of online) note('box', row.box_id)
}

export const setOnline = async (
  trx: Writer,
  note: Note,
  boxId: string,
  online: boolean,
  nowMs: number
): Promise<void> => {
  await trx
    .updateTable('box')
    .set({ online: online ? 1 : 0, last_seen_ms: nowMs })
    .where('box_id', '=', boxId)
    .execute()
  note('box', boxId)
}

/**
 * Keeps the hello. Answers whether the box has seen orders that this centre does not know of, which means that
 * the centre was restored from a backup; later orders then get larger numbers.
 */
export const keepHello = async (
  trx: Writer,
  note: Note,
  boxId: string,
  hello: Hello,
  nowMs: number
): Promise<{ restored: boolean }> => {
  const row = await boxById(trx, boxId)
  const restored = row !== undefined && hello.lastOrderSeq > row.last_order_seq
  await trx
    .updateTable('box')
    .set({
      hello: JSON.stringify(hello),
      agent_version: hello.agentVersion,
      last_seen_ms: nowMs,
      ...(restored ? { last_order_seq: hello.lastOrderSeq } : {})
    })
    .where('box_id', '=', boxId)
    .execute()
  note('box', boxId)
  return { restored }
}

/** The newest heartbeats, of many boxes in one transaction. Not a change for the feed: they come all the time. */
export const keepHeartbeats = async (
  trx: Writer,
  beats: readonly { boxId: string; heartbeat: Heartbeat; nowMs: number }[]
): Promise<void> => {
  for (const { boxId, heartbeat, nowMs } of beats)
    await trx
      .updateTable('box')
      .set({ heartbeat: JSON.stringify(heartbeat), heartbeat_ms: nowMs, last_seen_ms: nowMs })
      .where('box_id', '=', boxId)
      .execute()
}

/** The number of the next order of a box. */
export const nextOrderSeq = async (trx: Writer, boxId: string): Promise<number> => {
  const row = await trx
    .updateTable('box')
    .set(eb => ({ last_order_seq: eb('last_order_seq', '+', 1) }))
    .where('box_id', '=', boxId)
    .returning('last_order_seq')
    .executeTakeFirstOrThrow()
  return row.last_order_seq
}
