import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@matthan/base/id'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ControlStore, openControlStore } from '../store/open.ts'
import { encode } from '../testing/house.ts'
import { takeBatch } from './batch.ts'
import type { TakeRecord } from './ingesters.ts'

const boxId = newId()
const epoch = newId()
const orderId = newId()

/** A result whose state says how it fares: `failed` breaks the ingester, another kind is unknown to everybody. */
const recordOf = (seq: number, isBad: boolean) => ({
  seq,
  at: { ms: 1_790_000_000_000 + seq, clock: 'box', synchronised: true },
  kind: isBad ? 'nonsense' : 'custody',
  body: { orderId, action: 'holdPlaced', details: { n: seq } }
})

const takeRecord: TakeRecord = async (taking, record) => {
  if (record.kind !== 'custody') throw new Error('only custody is sent here')
  await taking.trx
    .insertInto('custody')
    .values({
      box_id: taking.boxId,
      epoch: taking.epoch,
      seq: taking.seq,
      at_ms: taking.at.ms,
      synchronised: 1,
      order_id: record.body.orderId ?? null,
      action: record.body.action,
      details: JSON.stringify(record.body.details)
    })
    .execute()
  return undefined
}

type Step = { first: number; count: number; skip: number[] } | 'restart'

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        first: fc.integer({ min: 1, max: 40 }),
        count: fc.integer({ min: 1, max: 12 }),
        skip: fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 4 })
      })
    },
    { weight: 1, arbitrary: fc.constant<'restart'>('restart') }
  ),
  { minLength: 1, maxLength: 12 }
)

test('I3, I4: whatever is repeated, reordered, left out or interrupted, each record that came is taken exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.integer({ min: 1, max: 52 }), { maxLength: 6 }), async (plan: Step[], bad) => {
      const folder = mkdtempSync(join(tmpdir(), 'ingest-'))
      const path = join(folder, 'control.db')
      let store: ControlStore = openControlStore(path)
      const came = new Set<number>()
      for (const step of plan) {
        if (step === 'restart') {
          await store.close()
          store = openControlStore(path)
          continue
        }
        const numbers = Array.from({ length: step.count }, (_, i) => step.first + i).filter(
          (_, i) => i === 0 || !step.skip.includes(i)
        )
        const records = numbers.map(seq => recordOf(seq, bad.includes(seq)))
        const taken = await takeBatch(store, takeRecord, boxId, encode({ v: 1, lane: 'urgent', epoch, records }), 0)
        for (const seq of numbers) came.add(seq)
        expect(taken.seq).toBe(Math.max(...came))
      }
      const good = [...came].filter(seq => !bad.includes(seq)).sort((a, b) => a - b)
      const stored = await store.read.selectFrom('custody').select('seq').orderBy('seq').execute()
      expect(stored.map(row => row.seq)).toEqual(good)
      const quarantined = await store.read.selectFrom('quarantine').select('seq').orderBy('seq').execute()
      expect(quarantined.map(row => row.seq)).toEqual([...came].filter(seq => bad.includes(seq)).sort((a, b) => a - b))
      const holes = await store.read.selectFrom('lost_knowledge').select(['from_seq', 'to_seq']).execute()
      const missing = holes.flatMap(hole =>
        Array.from({ length: hole.to_seq - hole.from_seq + 1 }, (_, i) => hole.from_seq + i)
      )
      const most = Math.max(0, ...came)
      const never = Array.from({ length: most }, (_, i) => i + 1).filter(seq => !came.has(seq))
      expect(missing.sort((a, b) => a - b)).toEqual(never)
      await store.close()
      rmSync(folder, { recursive: true })
    }),
    { numRuns: 40 }
  )
}, 60_000)
