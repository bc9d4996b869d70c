import type { Reader, Writer } from './open.ts'

/** Rises with each restore of the centre; boxes compare it (0-decisions, Wire). */
export const centreEpoch = async (db: Reader): Promise<number> => {
  const row = await db.selectFrom('meta').select('value').where('key', '=', 'centreEpoch').executeTakeFirstOrThrow()
  return Number(row.value)
}

/** The next number of a counter, from 1. */
export const nextNumber = async (trx: Writer, counter: string): Promise<number> => {
  const row = await trx.selectFrom('meta').select('value').where('key', '=', counter).executeTakeFirst()
  const next = Number(row?.value ?? 0) + 1
  await trx
    .insertInto('meta')
    .values({ key: counter, value: String(next) })
    .onConflict(conflict => conflict.column('key').doUpdateSet({ value: String(next) }))
    .execute()
  return next
}
