import type { Inventory } from '@matthan/protocol/facts'
import type { Selectable } from 'kysely'
import type { Note } from './changes.ts'
import type { Reader, Writer } from './open.ts'
import type { Tables } from './tables/tables.ts'

export type ViewpointRow = Selectable<Tables['viewpoint']>

/** In the order of their names. */
export const allViewpoints = async (db: Reader): Promise<ViewpointRow[]> =>
  await db.selectFrom('viewpoint').selectAll().orderBy('name').orderBy('viewpoint_id').execute()

export const viewpointById = async (db: Reader, viewpointId: string): Promise<ViewpointRow | undefined> =>
  await db.selectFrom('viewpoint').selectAll().where('viewpoint_id', '=', viewpointId).executeTakeFirst()

/** The channel that shows the viewpoint now. */
export const channelShowing = async (db: Reader, viewpointId: string): Promise<string | undefined> =>
  (
    await db
      .selectFrom('assignment')
      .select('channel_id')
      .where('viewpoint_id', '=', viewpointId)
      .where('to_ms', 'is', null)
      .orderBy('from_ms', 'desc')
      .executeTakeFirst()
  )?.channel_id

export const viewpointsByName = async (db: Reader, name: string): Promise<ViewpointRow[]> =>
  await db.selectFrom('viewpoint').selectAll().where('name', '=', name).where('gone_ms', 'is', null).execute()

/** Ids of these that belong to another box which is not revoked: no box may speak about them. */
const foreign = async (
  trx: Writer,
  name: 'recorder' | 'channel' | 'viewpoint' | 'assignment',
  ids: readonly string[],
  boxId: string
): Promise<Set<string>> => {
  if (ids.length === 0) return new Set()
  const column = `${name}_id` as 'channel_id'
  const rows = await trx
    .selectFrom(name as 'channel')
    .innerJoin('box', 'box.box_id', `${name as 'channel'}.box_id`)
    .select(`${name as 'channel'}.${column}`)
    .where(`${name as 'channel'}.${column}`, 'in', ids)
    .where('box.box_id', '!=', boxId)
    .where('box.state', '!=', 'revoked')
    .execute()
  return new Set(rows.map(row => row[column]))
}

/**
 * Replaces the picture of a box. What another living box has said to be its own is left alone.
 * @returns the ids that were refused for that reason.
 */
export const replaceInventory = async (
  trx: Writer,
  note: Note,
  boxId: string,
  inventory: Inventory,
  at: { statedMs: number; nowMs: number }
): Promise<string[]> => {
  const ids = {
    recorder: inventory.recorders.map(one => one.recorderId),
    channel: [...inventory.channels, ...inventory.assignments].map(one => one.channelId),
    viewpoint: [...inventory.viewpoints, ...inventory.assignments].map(one => one.viewpointId),
    assignment: inventory.assignments.map(one => one.assignmentId)
  }
  const theirs = new Set<string>()
  for (const name of ['recorder', 'channel', 'viewpoint', 'assignment'] as const)
    for (const id of await foreign(trx, name, ids[name], boxId)) theirs.add(id)

  await trx
    .updateTable('box')
    .set({ inventory: JSON.stringify(inventory), inventory_ms: at.statedMs })
    .where('box_id', '=', boxId)
    .execute()
  await markGone(trx, note, boxId, inventory, at.nowMs)
  for (const one of inventory.recorders) {
    if (theirs.has(one.recorderId)) continue
    const said = { box_id: boxId, kind: one.kind, name: one.name }
    await trx
      .insertInto('recorder')
      .values({ recorder_id: one.recorderId, ...said })
      .onConflict(conflict => conflict.column('recorder_id').doUpdateSet(said))
      .execute()
  }
  for (const one of inventory.channels) {
    if (theirs.has(one.channelId)) continue
    const said = {
      box_id: boxId,
      recorder_id: one.recorderId,
      name: one.name,
      gone_ms: null,
      detail: JSON.stringify(one)
    }
    await trx
      .insertInto('channel')
      .values({ channel_id: one.channelId, ...said })
      .onConflict(conflict => conflict.column('channel_id').doUpdateSet(said))
      .execute()
  }
  for (const one of inventory.viewpoints) {
    if (theirs.has(one.viewpointId)) continue
    const said = { box_id: boxId, name: one.name, place: one.place, required_days: one.requiredDays, gone_ms: null }
    await trx
      .insertInto('viewpoint')
      .values({ viewpoint_id: one.viewpointId, ...said })
      .onConflict(conflict => conflict.column('viewpoint_id').doUpdateSet(said))
      .execute()
    note('viewpoint', one.viewpointId)
  }
  for (const one of inventory.assignments) {
    if ([one.assignmentId, one.channelId, one.viewpointId].some(id => theirs.has(id))) continue
    const said = {
      box_id: boxId,
      channel_id: one.channelId,
      viewpoint_id: one.viewpointId,
      from_ms: one.fromMs,
      to_ms: one.toMs ?? null
    }
    await trx
      .insertInto('assignment')
      .values({ assignment_id: one.assignmentId, ...said })
      .onConflict(conflict => conflict.column('assignment_id').doUpdateSet(said))
      .execute()
  }
  note('box', boxId)
  return [...theirs]
}

/** What this box named before and names no longer; its footage and its past stay. */
const markGone = async (trx: Writer, note: Note, boxId: string, inventory: Inventory, nowMs: number): Promise<void> => {
  const channels = inventory.channels.map(one => one.channelId)
  await trx
    .updateTable('channel')
    .set({ gone_ms: nowMs })
    .where('box_id', '=', boxId)
    .where('gone_ms', 'is', null)
    .where('channel_id', 'not in', channels)
    .execute()
  const gone = await trx
    .updateTable('viewpoint')
    .set({ gone_ms: nowMs })
    .where('box_id', '=', boxId)
    .where('gone_ms', 'is', null)
    .where(
      'viewpoint_id',
      'not in',
      inventory.viewpoints.map(one => one.viewpointId)
    )
    .returning('viewpoint_id')
    .execute()
  for (const row of gone) note('viewpoint', row.viewpoint_id)
}
