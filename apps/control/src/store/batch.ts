import { type InsertObject, sql } from 'kysely'
import type { Writer } from './open.ts'
import type { Tables } from './tables/tables.ts'

/** Rows a statement: SQLite takes 32,766 parameters, the widest of these tables has 12 columns. */
const rowsAStatement = 1000

/** Multi-row inserts. */
export const insertMany = async <Name extends keyof Tables>(
  trx: Writer,
  name: Name,
  rows: readonly InsertObject<Tables, Name>[]
): Promise<void> => {
  for (let i = 0; i < rows.length; i += rowsAStatement)
    await trx
      .insertInto(name)
      .values(rows.slice(i, i + rowsAStatement))
      .execute()
}

/** What `job` wrote is undone when it throws; the transaction around it goes on. */
export const withSavepoint = async <T>(trx: Writer, job: () => Promise<T>): Promise<T> => {
  await sql`savepoint one`.execute(trx)
  try {
    const result = await job()
    await sql`release savepoint one`.execute(trx)
    return result
  } catch (error) {
    await sql`rollback to savepoint one`.execute(trx)
    await sql`release savepoint one`.execute(trx)
    throw error
  }
}
