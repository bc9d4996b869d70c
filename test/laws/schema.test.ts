import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAgentStore } from '@matthan/agent/store/open'
import { migrations } from '@matthan/control/store/migrations'
import { migrate } from '@matthan/sqlite/migrate'
import { openStore, type Store } from '@matthan/sqlite/open'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from './sources.ts'

/** What a store is made of, whatever the order in which it was made. */
const shapeOf = (store: Store): unknown[] =>
  store.prepare("select type, name, sql from sqlite_master where name not like 'sqlite_%' order by type, name").all()

describe('L10 a fresh schema equals a migrated one', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'matthan-schema-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('of the box: schema.sql is what an old store becomes', () => {
    const fresh = openStore(join(folder, 'fresh.db'))
    fresh.exec(readFileSync(join(root, 'apps/agent/src/store/schema.sql'), 'utf8'))
    const migrated = openAgentStore(join(folder, 'agent.db'))
    expect(shapeOf(migrated)).toEqual(shapeOf(fresh))
    expect(shapeOf(fresh).length).toBeGreaterThan(10)
  })

  it('of the centre: stopping after any migration and going on later gives the same', () => {
    const atOnce = openStore(join(folder, 'at-once.db'))
    migrate(atOnce, migrations)
    for (let stop = 0; stop <= migrations.length; stop++) {
      const store = openStore(join(folder, `stopped-${stop}.db`))
      migrate(store, migrations.slice(0, stop))
      migrate(store, migrations)
      expect(shapeOf(store)).toEqual(shapeOf(atOnce))
    }
  })

  it('a column that a migration forgot is seen', () => {
    const one = openStore(join(folder, 'one.db'))
    const other = openStore(join(folder, 'other.db'))
    one.exec('create table t (a text) strict')
    other.exec('create table t (a text, b text) strict')
    expect(shapeOf(one)).not.toEqual(shapeOf(other))
  })
})
