import { createSql } from './tables/table.ts'
import { tables } from './tables/tables.ts'

/**
 * Forward only, in order, never edited once released; the store's `user_version` counts those that ran. A later
 * one adds to the tables' descriptions and says here, in SQL, how a store that exists gets there (law L10).
 */
export const migrations: readonly string[] = [
  `${tables.map(createSql).join('\n')}
insert into meta (key, value) values ('centreEpoch', '1');`
]
