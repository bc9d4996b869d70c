import type { ClockCheck, Custody, Retention } from '@matthan/protocol/facts'
import type { At } from '@matthan/protocol/scalars'
import type { Selectable } from 'kysely'
import { insertMany } from './batch.ts'
import type { Note } from './changes.ts'
import type { Reader, Writer } from './open.ts'
import type { Tables } from './tables/tables.ts'

export type Interval = { fromMs: number; toMs: number; cause: string | null }
export type Track = { boxId: string; viewpointId: string; channelId: string }
/** The record that a row comes from. */
export type Source = { boxId: string; epoch: string; seq: number; at: At }

/** Intervals of a track that overlap or touch [fromMs, toMs], oldest first. */
export const coverageNear = async (db: Reader, track: Track, fromMs: number, toMs: number): Promise<Interval[]> => {
  const rows = await db
    .selectFrom('coverage')
    .select(['from_ms', 'to_ms', 'cause'])
    .where('box_id', '=', track.boxId)
    .where('viewpoint_id', '=', track.viewpointId)
    .where('channel_id', '=', track.channelId)
    .where('from_ms', '<=', toMs)
    .where('to_ms', '>=', fromMs)
    .orderBy('from_ms')
    .execute()
  return rows.map(row => ({ fromMs: row.from_ms, toMs: row.to_ms, cause: row.cause }))
}

/** Puts `after` in the place of `before`. */
export const swapCoverage = async (
  trx: Writer,
  note: Note,
  track: Track,
  before: readonly Interval[],
  after: readonly Interval[]
): Promise<void> => {
  const own = { box_id: track.boxId, viewpoint_id: track.viewpointId, channel_id: track.channelId }
  const first = before[0]
  const last = before.at(-1)
  if (first && last)
    await trx
      .deleteFrom('coverage')
      .where('box_id', '=', own.box_id)
      .where('viewpoint_id', '=', own.viewpoint_id)
      .where('channel_id', '=', own.channel_id)
      .where('from_ms', '>=', first.fromMs)
      .where('from_ms', '<=', last.fromMs)
      .execute()
  await insertMany(
    trx,
    'coverage',
    after.map(one => ({ ...own, from_ms: one.fromMs, to_ms: one.toMs, cause: one.cause }))
  )
  note('coverage', track.viewpointId)
}

/** The newest statement of each viewpoint and disk. */
export const putRetention = async (
  trx: Writer,
  note: Note,
  boxId: string,
  body: Retention,
  statedMs: number
): Promise<void> => {
  for (const one of body.viewpoints) {
    const said = {
      stated_ms: statedMs,
      oldest_ms: one.oldestMs ?? null,
      newest_ms: one.newestMs ?? null,
      detail: JSON.stringify(one)
    }
    await trx
      .insertInto('retention')
      .values({ box_id: boxId, viewpoint_id: one.viewpointId, channel_id: one.channelId, ...said })
      .onConflict(conflict => conflict.columns(['box_id', 'viewpoint_id', 'channel_id']).doUpdateSet(said))
      .execute()
    note('retention', one.viewpointId)
  }
  for (const one of body.disks) {
    const said = {
      stated_ms: statedMs,
      total_bytes: one.totalBytes,
      free_bytes: one.freeBytes,
      read_only: one.readOnly ? 1 : 0,
      detail: JSON.stringify(one)
    }
    await trx
      .insertInto('disk')
      .values({ box_id: boxId, disk_id: one.diskId, ...said })
      .onConflict(conflict => conflict.columns(['box_id', 'disk_id']).doUpdateSet(said))
      .execute()
  }
}

export const retentionOf = async (db: Reader, boxId?: string): Promise<Selectable<Tables['retention']>[]> => {
  const query = db.selectFrom('retention').selectAll()
  return await (boxId ? query.where('box_id', '=', boxId) : query).execute()
}

export const disksOf = async (db: Reader, boxId: string): Promise<Selectable<Tables['disk']>[]> =>
  await db.selectFrom('disk').selectAll().where('box_id', '=', boxId).execute()

export const addClockCheck = async (trx: Writer, source: Source, body: ClockCheck): Promise<void> => {
  await trx
    .insertInto('clock_check')
    .values({
      box_id: source.boxId,
      epoch: source.epoch,
      seq: source.seq,
      at_ms: source.at.ms,
      channel_id: body.channelId ?? null,
      offset_ms: String(body.offsetMs),
      detail: JSON.stringify(body)
    })
    .execute()
}

export const addCustody = async (trx: Writer, source: Source, body: Custody, clipId: string | null): Promise<void> => {
  await trx
    .insertInto('custody')
    .values({
      box_id: source.boxId,
      epoch: source.epoch,
      seq: source.seq,
      at_ms: source.at.ms,
      synchronised: source.at.synchronised ? 1 : 0,
      order_id: body.orderId ?? null,
      clip_id: clipId,
      action: body.action,
      details: JSON.stringify(body.details)
    })
    .execute()
}

/** Oldest first, as the box told it. */
export const custodyOf = async (db: Reader, clipId: string): Promise<Selectable<Tables['custody']>[]> =>
  await db.selectFrom('custody').selectAll().where('clip_id', '=', clipId).orderBy('at_ms').orderBy('seq').execute()
