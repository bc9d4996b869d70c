import { type OrderState, type TerminalState, terminalStates } from '@matthan/protocol/orders'
import type { WireError } from '@matthan/protocol/scalars'
import type { Selectable } from 'kysely'
import type { Note } from './changes.ts'
import type { Reader, Writer } from './open.ts'
import type { Tables } from './tables/tables.ts'

export type OrderRow = Selectable<Tables['order']>

export const insertOrder = async (trx: Writer, note: Note, row: OrderRow): Promise<void> => {
  await trx.insertInto('order').values(row).execute()
  note('order', row.order_id)
}

export const orderById = async (db: Reader, orderId: string): Promise<OrderRow | undefined> =>
  await db.selectFrom('order').selectAll().where('order_id', '=', orderId).executeTakeFirst()

/** What has no terminal state yet, in the order in which it is to be sent. */
export const openOrdersOf = async (db: Reader, boxId: string): Promise<OrderRow[]> =>
  await db
    .selectFrom('order')
    .selectAll()
    .where('box_id', '=', boxId)
    .where('state', 'not in', terminalStates)
    .orderBy('priority', 'desc')
    .orderBy('seq')
    .execute()

/** Newest first. */
export const listOrders = async (
  db: Reader,
  filter: { boxId?: string | undefined; clipId?: string | undefined; most: number }
): Promise<OrderRow[]> => {
  let query = db.selectFrom('order').selectAll().orderBy('created_ms', 'desc').orderBy('seq', 'desc').limit(filter.most)
  if (filter.boxId) query = query.where('box_id', '=', filter.boxId)
  if (filter.clipId) query = query.where('clip_id', '=', filter.clipId)
  return await query.execute()
}

/** Never delivered and past their time; or delivered, and silent since `silentSinceMs`. */
export const overdueOrders = async (db: Reader, nowMs: number, silentSinceMs: number): Promise<OrderRow[]> =>
  await db
    .selectFrom('order')
    .selectAll()
    .where('state', 'not in', terminalStates)
    .where(eb =>
      eb.or([
        eb.and([eb('state', '=', 'queued'), eb('expires_ms', '<=', nowMs)]),
        eb('expires_ms', '<=', silentSinceMs)
      ])
    )
    .execute()

/** Moves an order that is in one of `from`. @returns whether it did. */
export const moveOrder = async (
  trx: Writer,
  note: Note,
  orderId: string,
  from: readonly OrderState[],
  to: OrderState,
  nowMs: number
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('order')
    .set(eb => ({
      state: to,
      ...(to === 'delivered' ? { delivered_ms: eb.fn.coalesce('delivered_ms', eb.val(nowMs)) } : {})
    }))
    .where('order_id', '=', orderId)
    .where('state', 'in', from)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) note('order', orderId)
  return numUpdatedRows > 0n
}

/** I5: gives the one terminal state. @returns false when there is one already, which stays. */
export const endOrder = async (
  trx: Writer,
  note: Note,
  orderId: string,
  end: { state: TerminalState; output?: unknown; error?: WireError | undefined },
  nowMs: number
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('order')
    .set({
      state: end.state,
      ended_ms: nowMs,
      output: end.output === undefined ? null : JSON.stringify(end.output),
      error: end.error ? JSON.stringify(end.error) : null
    })
    .where('order_id', '=', orderId)
    .where('state', 'not in', terminalStates)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) note('order', orderId)
  return numUpdatedRows > 0n
}
