import { newId } from '@matthan/base/id'
import type { Store } from '@matthan/sqlite/open'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { openAgentStore } from '../store/open.ts'
import { spoolTable } from '../store/spool.ts'
import { fakeClock } from '../testing/fake_clock.ts'
import { makeSpool } from './spool.ts'

const room = { records: 64, bytes: 96 * 1024 }
const condition = (n: number) =>
  ({ code: 'recorderDown', subjectId: newId(), raised: true, sinceMs: n, details: { n } }) as const
const clockFact = {
  subject: 'box',
  offsetMs: 1,
  uncertaintyMs: 1,
  reference: 'centre',
  method: 'ack',
  synchronised: true
} as const

const makeTestSpool = (store: Store) =>
  makeSpool({ table: spoolTable(store), clock: fakeClock(), synchronised: () => false, appended: () => {} })

describe('the spool', () => {
  let store: Store
  let spool: ReturnType<typeof makeTestSpool>
  beforeEach(() => {
    store = openAgentStore(':memory:')
    spool = makeTestSpool(store)
  })
  const stateOf = (lane: 'urgent' | 'routine') => spool.lanes().find(one => one.lane === lane)!

  it('numbers each lane by itself, and keeps the order', () => {
    for (const n of [1, 2, 3]) spool.append('condition', condition(n))
    spool.append('clock', clockFact)
    expect(spool.after('urgent', 0, room).map(row => row.seq)).toEqual([1, 2, 3])
    expect(spool.after('urgent', 2, room).map(row => JSON.parse(row.body).sinceMs)).toEqual([3])
    expect(spool.after('routine', 0, room).map(row => row.kind)).toEqual(['clock'])
    expect(stateOf('urgent').epoch).not.toBe(stateOf('routine').epoch)
  })

  it('says when a record was made and whether its clock could be trusted', () => {
    spool.append('clock', clockFact)
    expect(spool.after('routine', 0, room)[0]).toMatchObject({ atMs: fakeClock().nowMs(), synchronised: false })
  })

  it('lets records go only for the acknowledgement of its own epoch', () => {
    for (const n of [1, 2, 3]) spool.append('condition', condition(n))
    expect(spool.acknowledge('urgent', newId(), 3)).toBe(false)
    expect(spool.acknowledge('urgent', stateOf('routine').epoch, 3)).toBe(false)
    expect(spool.pending().records).toBe(3)
    expect(spool.acknowledge('urgent', stateOf('urgent').epoch, 2)).toBe(true)
    expect(spool.after('urgent', 0, room).map(row => row.seq)).toEqual([3])
    // An older acknowledgement that comes late changes nothing.
    expect(spool.acknowledge('urgent', stateOf('urgent').epoch, 1)).toBe(true)
    expect(stateOf('urgent')).toMatchObject({ acked: 2, lastSeq: 3 })
  })

  it('begins a new epoch when the centre has more than was ever given out (a store from an older copy)', () => {
    for (const n of [1, 2, 3]) spool.append('condition', condition(n))
    const before = stateOf('urgent')
    spool.acknowledge('urgent', before.epoch, 1)
    spool.acknowledge('urgent', before.epoch, 9)
    expect(stateOf('urgent').epoch).not.toBe(before.epoch)
    expect(stateOf('urgent')).toMatchObject({ acked: 0, lastSeq: 2 })
    expect(spool.after('urgent', 0, room).map(row => [row.seq, JSON.parse(row.body).sinceMs])).toEqual([
      [1, 2],
      [2, 3]
    ])
    spool.append('condition', condition(4))
    expect(spool.after('urgent', 2, room).map(row => row.seq)).toEqual([3])
  })

  it('keeps its epoch over a restart', () => {
    const before = stateOf('urgent').epoch
    expect(makeTestSpool(store).lanes()[0]!.epoch).toBe(before)
  })

  it('forgets what a transaction that was rolled back had appended', () => {
    const job = store.transaction(() => {
      spool.append('condition', condition(1))
      throw new Error('no')
    })
    expect(job).toThrow('no')
    expect(spool.pending()).toEqual({ records: 0, bytes: 0 })
    spool.append('condition', condition(2))
    expect(spool.after('urgent', 0, room).map(row => row.seq)).toEqual([1])
  })

  it('takes no record that does not fit its kind, and none that could never be sent', () => {
    expect(() => spool.append('condition', { ...condition(1), subjectId: 'x' })).toThrow(/subjectId/)
    const interval = { fromMs: 100_000_000_000, toMs: 253_402_300_799_999 }
    const coverage = {
      viewpointId: newId(),
      channelId: newId(),
      ...interval,
      recorded: Array(2000).fill(interval),
      gaps: Array(2000).fill({ ...interval, cause: 'unknown' })
    }
    expect(() => spool.append('coverage', coverage)).toThrow(/too large/)
    expect(spool.pending().records).toBe(0)
  })

  it('gives out no more than there is room for', () => {
    for (let n = 0; n < 10; n++) spool.append('condition', condition(n))
    expect(spool.after('urgent', 0, { records: 3, bytes: 1e6 })).toHaveLength(3)
    expect(spool.after('urgent', 0, { records: 0, bytes: 1e6 })).toHaveLength(0)
    expect(spool.after('urgent', 0, { records: 10, bytes: 10 })).toHaveLength(0)
  })

  it('always knows how much waits, whatever is appended and acknowledged (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant('append'), fc.nat({ max: 20 }))), steps => {
        const own = openAgentStore(':memory:')
        const one = makeTestSpool(own)
        for (const step of steps) {
          if (step === 'append') one.append('condition', condition(1))
          else one.acknowledge('urgent', one.lanes()[0]!.epoch, step as number)
        }
        const rows = one.after('urgent', 0, { records: 1000, bytes: 1e9 })
        const bytes = rows.reduce((sum, row) => sum + Buffer.byteLength(row.body), 0)
        expect(one.pending()).toMatchObject({ records: rows.length, bytes })
        own.close()
      }),
      { numRuns: 50 }
    )
  })
})
