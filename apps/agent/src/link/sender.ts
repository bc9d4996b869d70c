import type { Clock } from '@matthan/base/clock'
import { makeEnvelope } from '@matthan/protocol/envelope'
import { type Lane, lanes, type RecordKind, recordKinds } from '@matthan/protocol/facts'
import { limits } from '@matthan/protocol/limits'
import type { SpoolDrain } from '../spool/spool.ts'
import type { SpoolRow } from '../store/spool.ts'

type Channel = (typeof recordKinds)[RecordKind]['channel']
/** One message that was sent and is not acknowledged. */
type Flight = { firstSeq: number; lastSeq: number; records: number; bytes: number; sentMonoMs: number }
type LaneWindow = { epoch: string; sentSeq: number; flights: Flight[] }

export type Sender = ReturnType<typeof makeSender>

const channelOf = (row: SpoolRow): Channel => recordKinds[row.kind as RecordKind]?.channel ?? 'fact'

/** Neighbours of one channel make one message, so that the order of a lane is kept. */
const byChannel = (rows: SpoolRow[]): SpoolRow[][] => {
  const groups: SpoolRow[][] = []
  for (const row of rows) {
    const last = groups.at(-1)
    if (last && channelOf(last[0]!) === channelOf(row)) last.push(row)
    else groups.push([row])
  }
  return groups
}

/**
 * Sends what the spool holds over one connection: urgent before routine, each lane in order, never more
 * unacknowledged than its window (0-decisions, Wire). Made anew for each connection, so that whatever was in
 * flight goes out again (I2).
 */
export const makeSender = (options: {
  drain: SpoolDrain
  clock: Clock
  publish(channel: Channel, message: string): void
}) => {
  const { drain, clock, publish } = options
  const windows = new Map<Lane, LaneWindow>()

  const windowOf = (lane: Lane): LaneWindow => {
    const { epoch, acked } = drain.lanes().find(one => one.lane === lane)!
    const known = windows.get(lane)
    if (known?.epoch === epoch) return known
    const fresh = { epoch, sentSeq: acked, flights: [] }
    windows.set(lane, fresh)
    return fresh
  }

  const roomOf = ({ flights }: LaneWindow) => ({
    records: limits.windowRecords - flights.reduce((sum, one) => sum + one.records, 0),
    bytes: limits.windowBytes - flights.reduce((sum, one) => sum + one.bytes, 0)
  })

  const send = (lane: Lane, window: LaneWindow, rows: SpoolRow[]): void => {
    const records = rows.map(row => ({
      seq: row.seq,
      at: { ms: row.atMs, clock: 'box' as const, synchronised: row.synchronised },
      kind: row.kind,
      body: JSON.parse(row.body) as unknown
    }))
    const message = JSON.stringify(makeEnvelope(lane, window.epoch, records))
    const [first, last] = [rows[0]!.seq, rows.at(-1)!.seq]
    window.flights.push({
      firstSeq: first,
      lastSeq: last,
      records: rows.length,
      bytes: Buffer.byteLength(message),
      sentMonoMs: clock.monoMs()
    })
    window.sentSeq = last
    publish(channelOf(rows[0]!), message)
  }

  /** Sends what the lane's window has room for. @returns whether the lane still has something to send. */
  const pumpLane = (lane: Lane): boolean => {
    const window = windowOf(lane)
    const room = roomOf(window)
    const waiting = (): boolean => (drain.lanes().find(one => one.lane === lane)?.lastSeq ?? 0) > window.sentSeq
    // A half-full window waits for its acknowledgement rather than send record by record.
    const worthIt = lane === 'urgent' || window.flights.length === 0 || room.records >= limits.windowRecords / 2
    if (!worthIt || room.records < 1 || room.bytes <= 0) return waiting()
    for (const rows of byChannel(drain.after(lane, window.sentSeq, room))) send(lane, window, rows)
    return waiting()
  }

  return {
    /** Call it after an append and after an acknowledgement. */
    pump: (): void => {
      for (const lane of lanes) if (pumpLane(lane)) return
    },
    /**
     * The centre has (lane, epoch) up to `seq`.
     * @returns undefined when the acknowledgement is none of ours; else when the message was sent that it answers,
     *   if that was sent over this connection.
     */
    acknowledged: (lane: Lane, epoch: string, seq: number): { sentMonoMs: number | undefined } | undefined => {
      const window = windowOf(lane)
      if (!drain.acknowledge(lane, epoch, seq)) return undefined
      const answered = window.flights.findLast(one => one.firstSeq <= seq && seq <= one.lastSeq)
      window.flights = window.flights.filter(one => one.lastSeq > seq)
      window.sentSeq = Math.max(window.sentSeq, seq)
      return { sentMonoMs: answered?.sentMonoMs }
    },
    /** For how long the oldest message waits for its acknowledgement, milliseconds; 0 when none does. */
    waitedMs: (): number => {
      const sent = [...windows.values()].flatMap(one => one.flights.slice(0, 1).map(flight => flight.sentMonoMs))
      return sent.length === 0 ? 0 : clock.monoMs() - Math.min(...sent)
    }
  }
}
