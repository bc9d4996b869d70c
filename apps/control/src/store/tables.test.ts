import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrate } from '@matthan/sqlite/migrate'
import { openStore } from '@matthan/sqlite/open'
import { expect, test } from 'vitest'
import { migrations } from './migrations.ts'
import { storeReference } from './reference.ts'
import { tables } from './tables/tables.ts'

test('L10: a store that was migrated has the tables and columns that are described, and no others', () => {
  const store = openStore(':memory:')
  migrate(store, migrations)
  const made = store.prepare("select name from sqlite_schema where type = 'table' order by name").pluck().all()
  expect(made).toEqual(tables.map(one => one.name).sort())
  for (const one of tables) {
    const columns = store.prepare('select name, type, "notnull" as filled from pragma_table_info(?)').all(one.name)
    const described = Object.entries(one.columns).map(([name, column]) => ({
      name,
      type: column.type.toUpperCase(),
      filled: column.nullable ? 0 : 1
    }))
    expect(
      columns.map(column => ({ ...(column as object), type: (column as { type: string }).type.toUpperCase() }))
    ).toEqual(described)
  }
  store.close()
})

test('every table and column says what it means, and the reference says the same', () => {
  for (const one of tables) {
    expect(one.about.length, one.name).toBeGreaterThan(10)
    for (const [name, column] of Object.entries(one.columns))
      expect(column.about.length, `${one.name}.${name}`).toBeGreaterThan(3)
  }
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/ref/control-store.md'), 'utf8')
  expect(page, 'run: node infra/store_reference.ts').toBe(storeReference())
})
