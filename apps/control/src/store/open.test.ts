import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { changesAfter, lastChange } from './changes.ts'
import { type ControlStore, openControlStore } from './open.ts'

let folder: string
let store: ControlStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'))
  store = openControlStore(join(folder, 'control.db'))
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

test('a job that throws leaves nothing behind, and the next one runs', async () => {
  const failing = store.write(async (trx, note) => {
    await trx.insertInto('meta').values({ key: 'a', value: '1' }).execute()
    note('box', 'a')
    throw new Error('no')
  })
  const next = store.write(trx => trx.insertInto('meta').values({ key: 'b', value: '2' }).execute())
  await expect(failing).rejects.toThrow('no')
  await next
  const keys = await store.read.selectFrom('meta').select('key').orderBy('key').execute()
  expect(keys.map(row => row.key)).toEqual(['b', 'centreEpoch'])
  expect(await lastChange(store.read)).toBe(0)
})

test('jobs run one at a time in the order of the calls', async () => {
  const seen: string[] = []
  const job = (name: string) =>
    store.write(async trx => {
      seen.push(`${name} begins`)
      await trx.selectFrom('meta').selectAll().execute()
      await new Promise(resolve => setImmediate(resolve))
      seen.push(`${name} ends`)
    })
  await Promise.all([job('first'), job('second')])
  expect(seen).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
})

test('changes are numbered without holes and told after the commit', async () => {
  const told: number[] = []
  store.onChanges(changes => told.push(...changes.map(change => change.seq)))
  await store.write(async (_, note) => {
    note('box', 'a')
    note('box', 'a')
    note('clip', 'b')
  })
  await store.write(async (_, note) => note('box', 'a'))
  expect(told).toEqual([1, 2, 3])
  expect((await changesAfter(store.read, 1, 10))?.map(change => change.id)).toEqual(['b', 'a'])
})

test('the read connection cannot write', async () => {
  await expect(store.read.insertInto('meta').values({ key: 'x', value: 'y' }).execute()).rejects.toThrow('readonly')
})
