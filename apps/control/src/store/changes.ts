import type { Kysely, Transaction } from 'kysely'
import type { Tables } from './tables/tables.ts'

/** What kind of thing changed. */
export type Topic = 'box' | 'viewpoint' | 'condition' | 'retention' | 'coverage' | 'order' | 'clip' | 'package'
export type Change = { seq: number; topic: Topic; id: string; atMs: number }
export type Note = (topic: Topic, id: string) => void

/** Changes kept for readers that come back. */
export const changesKept = 100_000

/** Gives the next numbers; the same thing noted twice in one transaction is one change. */
export const appendChanges = async (
  trx: Transaction<Tables>,
  noted: readonly { topic: Topic; id: string }[],
  atMs: number
): Promise<Change[]> => {
  if (noted.length === 0) return []
  const distinct = new Map(noted.map(one => [`${one.topic} ${one.id}`, one]))
  const last = await lastChange(trx)
  const changes = [...distinct.values()].map((one, i) => ({ ...one, seq: last + 1 + i, atMs }))
  for (let i = 0; i < changes.length; i += 500)
    await trx
      .insertInto('change_log')
      .values(changes.slice(i, i + 500).map(({ seq, topic, id, atMs }) => ({ seq, topic, id, at_ms: atMs })))
      .execute()
  const end = last + changes.length
  // A thousand at a time, so that trimming costs almost nothing.
  if (Math.floor(end / 1000) > Math.floor(last / 1000))
    await trx
      .deleteFrom('change_log')
      .where('seq', '<=', end - changesKept)
      .execute()
  return changes
}

/** Number of the newest change; 0 when there is none. */
export const lastChange = async (db: Kysely<Tables>): Promise<number> => {
  const row = await db
    .selectFrom('change_log')
    .select(eb => eb.fn.max('seq').as('seq'))
    .executeTakeFirst()
  return row?.seq ?? 0
}

/** At most `most` changes after `seq`, oldest first; undefined when some of them are no longer kept. */
export const changesAfter = async (db: Kysely<Tables>, seq: number, most: number): Promise<Change[] | undefined> => {
  const oldest = await db
    .selectFrom('change_log')
    .select(eb => eb.fn.min('seq').as('seq'))
    .executeTakeFirst()
  if (oldest?.seq && oldest.seq > seq + 1) return undefined
  const rows = await db.selectFrom('change_log').selectAll().where('seq', '>', seq).orderBy('seq').limit(most).execute()
  return rows.map(row => ({ seq: row.seq, topic: row.topic as Topic, id: row.id, atMs: row.at_ms }))
}
