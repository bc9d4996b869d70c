import { newId } from '@matthan/base/id'
import { type Lane, lanes } from '@matthan/protocol/facts'
import type { Store } from '@matthan/sqlite/open'

export type LaneState = { lane: Lane; epoch: string; lastSeq: number; acked: number }
/** What may still be sent: a number of records, and their sum in bytes. */
export type Room = { records: number; bytes: number }
export type SpoolRow = { seq: number; kind: string; atMs: number; synchronised: boolean; body: string }
export type NewRow = Omit<SpoolRow, 'seq'> & { lane: Lane }
export type SpoolTable = ReturnType<typeof spoolTable>

/** What a record takes in a message beside its body. */
const frameBytes = 160

type Raw = { seq: number; kind: string; atMs: number; synchronised: number; body: string }

/** The spool and its lanes. Numbers rise by one a record, so what waits is `lastSeq - acked`. */
export const spoolTable = (store: Store) => {
  const makeLane = store.prepare('insert into lane (lane, epoch) values (?, ?) on conflict do nothing')
  store.transaction(() => {
    for (const lane of lanes) makeLane.run(lane, newId())
  })()
  const number = store
    .prepare<[number, Lane], number>(
      'update lane set last_seq = last_seq + 1, bytes = bytes + ? where lane = ? returning last_seq'
    )
    .pluck()
  const insert = store.prepare(
    'insert into spool (lane, seq, kind, at_ms, synchronised, body) values (?, ?, ?, ?, ?, ?)'
  )
  const allLanes = store.prepare<[], LaneState & { bytes: number }>(
    'select lane, epoch, last_seq as lastSeq, acked, bytes from lane'
  )
  const next = store.prepare<[Lane, number, number], Raw>(
    'select seq, kind, at_ms as atMs, synchronised, body from spool where lane = ? and seq > ? order by seq limit ?'
  )
  const drop = store
    .prepare<[Lane, number], number>('delete from spool where lane = ? and seq <= ? returning octet_length(body)')
    .pluck()
  const setAcked = store.prepare('update lane set acked = ?, bytes = bytes - ? where lane = ?')
  const renumber = store.prepare('update spool set seq = seq - ? where lane = ?')
  const restart = store.prepare('update lane set epoch = ?, last_seq = last_seq - acked, acked = 0 where lane = ?')
  const oldest = store.prepare<[Lane], number>('select at_ms from spool where lane = ? order by seq limit 1').pluck()
  const waitingResult = store
    .prepare<[string], number>("select 1 from spool where lane = 'urgent' and kind = 'result' and body = ?")
    .pluck()
  const stateOf = (lane: Lane) => allLanes.all().find(one => one.lane === lane)!

  return {
    append: store.transaction((row: NewRow): number => {
      const seq = number.get(Buffer.byteLength(row.body), row.lane)!
      insert.run(row.lane, seq, row.kind, row.atMs, row.synchronised ? 1 : 0, row.body)
      return seq
    }),
    lanes: (): LaneState[] => allLanes.all(),
    after: (lane: Lane, seq: number, room: Room): SpoolRow[] => {
      const rows: SpoolRow[] = []
      let bytes = 0
      for (const row of next.iterate(lane, seq, room.records)) {
        bytes += Buffer.byteLength(row.body) + frameBytes
        if (bytes > room.bytes) break
        rows.push({ ...row, synchronised: row.synchronised === 1 })
      }
      return rows
    },
    acknowledge: store.transaction((lane: Lane, seq: number): void => {
      const freed = drop.all(lane, seq).reduce((sum, bytes) => sum + bytes, 0)
      setAcked.run(seq, freed, lane)
    }),
    /** A new epoch for what is left of a lane, numbered from 1. */
    renewEpoch: store.transaction((lane: Lane): void => {
      renumber.run(stateOf(lane).acked, lane)
      restart.run(newId(), lane)
    }),
    pending: (): { records: number; bytes: number; oldestMs?: number } => {
      const all = allLanes.all()
      const ages = lanes.map(lane => oldest.get(lane)).filter(ms => ms !== undefined)
      return {
        records: all.reduce((sum, one) => sum + one.lastSeq - one.acked, 0),
        bytes: all.reduce((sum, one) => sum + one.bytes, 0),
        ...(ages.length > 0 ? { oldestMs: Math.min(...ages) } : {})
      }
    },
    /** Whether exactly this result waits already: a repeated order must not fill the spool. */
    hasWaitingResult: (body: string): boolean => waitingResult.get(body) === 1
  }
}
