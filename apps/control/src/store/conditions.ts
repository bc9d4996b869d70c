import type { Selectable } from 'kysely'
import type { Note } from './changes.ts'
import type { Reader, Writer } from './open.ts'
import type { Tables } from './tables/tables.ts'

export type ConditionRow = Selectable<Tables['condition']>
export type ConditionKey = { boxId: string; code: string; subjectId: string; sinceMs: number }

/** Open intervals, newest first. */
export const openConditions = async (db: Reader, boxId?: string): Promise<ConditionRow[]> => {
  const query = db.selectFrom('condition').selectAll().where('cleared_ms', 'is', null).orderBy('since_ms', 'desc')
  return await (boxId ? query.where('box_id', '=', boxId) : query).execute()
}

/** All intervals of one thing, oldest first. */
export const intervalsOf = async (db: Reader, key: Omit<ConditionKey, 'sinceMs'>): Promise<ConditionRow[]> =>
  await db
    .selectFrom('condition')
    .selectAll()
    .where('box_id', '=', key.boxId)
    .where('code', '=', key.code)
    .where('subject_id', '=', key.subjectId)
    .orderBy('since_ms')
    .execute()

/** Adds or completes one interval. An end that is known stays. */
export const putInterval = async (
  trx: Writer,
  note: Note,
  key: ConditionKey,
  row: { clearedMs: number | null; seenBy: 'box' | 'centre'; details: unknown; nowMs: number }
): Promise<void> => {
  const details = JSON.stringify(row.details)
  await trx
    .insertInto('condition')
    .values({
      box_id: key.boxId,
      code: key.code,
      subject_id: key.subjectId,
      since_ms: key.sinceMs,
      told_ms: row.nowMs,
      cleared_ms: row.clearedMs,
      seen_by: row.seenBy,
      details
    })
    .onConflict(conflict =>
      conflict.columns(['box_id', 'code', 'subject_id', 'since_ms']).doUpdateSet(eb => ({
        details,
        cleared_ms: eb.fn.coalesce('condition.cleared_ms', eb.val(row.clearedMs))
      }))
    )
    .execute()
  note('condition', key.boxId)
}
