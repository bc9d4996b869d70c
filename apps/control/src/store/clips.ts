import type { WireError } from '@matthan/protocol/scalars'
import type { Selectable } from 'kysely'
import type { Note } from './changes.ts'
import { nextNumber } from './meta.ts'
import type { Reader, Writer } from './open.ts'
import type { ClipState } from './tables/orders.ts'
import type { Tables } from './tables/tables.ts'

export type ClipRow = Selectable<Tables['clip']>
export type PackageTableRow = Selectable<Tables['package']>

export const insertClip = async (trx: Writer, note: Note, row: ClipRow): Promise<void> => {
  await trx.insertInto('clip').values(row).execute()
  note('clip', row.clip_id)
}

export const clipById = async (db: Reader, clipId: string): Promise<ClipRow | undefined> =>
  await db.selectFrom('clip').selectAll().where('clip_id', '=', clipId).executeTakeFirst()

export const clipByLabel = async (db: Reader, label: string): Promise<ClipRow | undefined> =>
  await db.selectFrom('clip').selectAll().where('evidence_id', '=', label).executeTakeFirst()

/** For which a box holds footage under this id. */
export const clipByHold = async (db: Reader, boxId: string, holdId: string): Promise<ClipRow | undefined> =>
  await db.selectFrom('clip').selectAll().where('box_id', '=', boxId).where('hold_id', '=', holdId).executeTakeFirst()

/** Newest first. */
export const listClips = async (db: Reader, most: number): Promise<ClipRow[]> =>
  await db
    .selectFrom('clip')
    .selectAll()
    .orderBy('requested_ms', 'desc')
    .orderBy('clip_id', 'desc')
    .limit(most)
    .execute()

/** Of a box, in one of these states. */
export const clipsOfBox = async (db: Reader, boxId: string, states: readonly ClipState[]): Promise<ClipRow[]> =>
  await db.selectFrom('clip').selectAll().where('box_id', '=', boxId).where('state', 'in', states).execute()

export const setClipState = async (
  trx: Writer,
  note: Note,
  clipId: string,
  state: ClipState,
  nowMs: number,
  error?: WireError
): Promise<void> => {
  await trx
    .updateTable('clip')
    .set({ state, state_ms: nowMs, ...(error ? { error: JSON.stringify(error) } : {}) })
    .where('clip_id', '=', clipId)
    .execute()
  note('clip', clipId)
}

/** EV-2026-000123: the next number of that year. */
export const nextLabel = async (trx: Writer, year: number): Promise<string> =>
  `EV-${year}-${String(await nextNumber(trx, `evidenceLabel:${year}`)).padStart(6, '0')}`

export const packageById = async (db: Reader, packageId: string): Promise<PackageTableRow | undefined> =>
  await db.selectFrom('package').selectAll().where('package_id', '=', packageId).executeTakeFirst()

export const insertSnapshot = async (
  trx: Writer,
  row: { snapshotId: string; viewpointId: string; orderId: string; requestedMs: number }
): Promise<void> => {
  await trx
    .insertInto('snapshot')
    .values({
      snapshot_id: row.snapshotId,
      viewpoint_id: row.viewpointId,
      order_id: row.orderId,
      requested_ms: row.requestedMs
    })
    .execute()
}
