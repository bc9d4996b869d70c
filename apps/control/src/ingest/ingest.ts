import type { Clock } from '@matthan/base/clock'
import { fromUnknown } from '@matthan/base/error'
import type { Log } from '@matthan/base/log'
import { type Ack, Bye, Heartbeat, Hello, Progress } from '@matthan/protocol/envelope'
import { readMessage } from '@matthan/protocol/read'
import type { UpChannel } from '@matthan/protocol/topics'
import { protocolVersion } from '@matthan/protocol/version'
import { keepHeartbeats, keepHello } from '../store/boxes.ts'
import { lastSeqOf, putQuarantine } from '../store/lanes.ts'
import { centreEpoch } from '../store/meta.ts'
import type { ControlStore } from '../store/open.ts'
import { takeBatch } from './batch.ts'
import { recordTaker } from './ingesters.ts'
import type { Settle } from './result.ts'

export type IngestDeps = {
  store: ControlStore
  clock: Clock
  log: Log
  settle: Settle
  /** Sends an acknowledgement down; it may be lost. */
  acknowledge(boxId: string, ack: Ack): void
  /** Ends the connection of a box, so that it begins again from what is acknowledged. */
  cut(boxId: string, reason: string): void
  onHello(boxId: string, hello: Hello): Promise<void>
  onProgress(boxId: string, progress: Progress): Promise<void>
}

export type Ingest = {
  /** One message, in the order in which the connection brought them. Never throws; resolves when it is dealt with. */
  message(boxId: string, channel: UpChannel, bytes: Uint8Array): Promise<void>
  /** Ends after all messages that came. */
  close(): Promise<void>
}

/** What of one box may wait for the writer: two full windows and the small ones. */
const waitingMost = 1024 * 1024
const heartbeatFlushMs = 1000

/**
 * After a batch that could not be stored, the rest of that connection is dropped and the connection cut: a later
 * batch that succeeds would acknowledge, cumulatively, the one that is missing (I2).
 */
type Session = { broken: boolean; waitingBytes: number; last: Promise<void> }

export const startIngest = (deps: IngestDeps, signal: AbortSignal): Ingest => {
  const { store, clock, log } = deps
  const takeRecord = recordTaker(deps.settle)
  const sessions = new Map<string, Session>()
  const beats = new Map<string, { heartbeat: Heartbeat; nowMs: number }>()

  const flushBeats = async (): Promise<void> => {
    const rows = [...beats].map(([boxId, beat]) => ({ boxId, ...beat }))
    beats.clear()
    if (rows.length > 0)
      await store.write(trx => keepHeartbeats(trx, rows)).catch(error => log.error({ err: error }, 'heartbeats'))
  }
  clock.every(heartbeatFlushMs, flushBeats, signal)

  const sendAck = async (boxId: string, at: Pick<Ack, 'lane' | 'epoch' | 'seq'>): Promise<void> => {
    const epoch = await centreEpoch(store.read)
    const { lane, epoch: laneEpoch, seq } = at
    deps.acknowledge(boxId, {
      v: protocolVersion,
      centreEpoch: epoch,
      lane,
      epoch: laneEpoch,
      seq,
      centreTimeMs: clock.nowMs()
    })
  }

  const takeHello = async (boxId: string, hello: Hello): Promise<void> => {
    const { restored } = await store.write((trx, note) => keepHello(trx, note, boxId, hello, clock.nowMs()))
    if (restored) log.warn({ boxId, lastOrderSeq: hello.lastOrderSeq }, 'boxKnowsMoreOrders')
    // An acknowledgement that was lost with the last connection is given again.
    for (const { lane, epoch } of hello.lanes) {
      const seq = await lastSeqOf(store.read, { boxId, lane, epoch })
      if (seq > 0) await sendAck(boxId, { lane, epoch, seq })
    }
    await deps.onHello(boxId, hello)
  }

  const takeRecords = async (boxId: string, bytes: Uint8Array): Promise<void> => {
    const taken = await takeBatch(store, takeRecord, boxId, bytes, clock.nowMs())
    if (taken.quarantined + taken.holes > 0) log.warn({ boxId, ...taken }, 'batchWithFaults')
    await sendAck(boxId, taken)
  }

  const handlers: Record<UpChannel, (boxId: string, bytes: Uint8Array) => Promise<void>> = {
    hello: (boxId, bytes) => takeHello(boxId, readMessage('hello', Hello, bytes)),
    fact: takeRecords,
    result: takeRecords,
    heartbeat: async (boxId, bytes) => {
      beats.set(boxId, { heartbeat: readMessage('heartbeat', Heartbeat, bytes), nowMs: clock.nowMs() })
    },
    progress: (boxId, bytes) => deps.onProgress(boxId, readMessage('progress', Progress, bytes)),
    bye: async (boxId, bytes) => {
      log.info({ boxId, reason: readMessage('bye', Bye, bytes).reason }, 'bye')
    }
  }

  const failed = async (boxId: string, channel: UpChannel, bytes: Uint8Array, session: Session, error: unknown) => {
    const { kind, message } = fromUnknown(error)
    if (kind === 'usage') {
      log.warn({ boxId, channel, reason: message }, 'messageQuarantined')
      const body = Buffer.from(bytes).toString('utf8')
      await store.write(trx =>
        putQuarantine(trx, { boxId, kind: channel, body, reason: message, nowMs: clock.nowMs() })
      )
      return
    }
    log.error({ boxId, channel, err: error }, 'messageFailed')
    if (channel !== 'fact' && channel !== 'result' && channel !== 'hello') return
    session.broken = true
    deps.cut(boxId, 'storeFailed')
  }

  const handle = async (boxId: string, channel: UpChannel, bytes: Uint8Array, session: Session): Promise<void> => {
    if (session.broken) return
    try {
      await handlers[channel](boxId, bytes)
    } catch (error) {
      await failed(boxId, channel, bytes, session, error).catch(second =>
        log.error({ err: second }, 'quarantineFailed')
      )
    }
  }

  /** A hello is the first message of each connection: what came over an older one no longer counts as broken. */
  const sessionOf = (boxId: string, isNew: boolean): Session => {
    const known = sessions.get(boxId)
    if (known && !(isNew && known.broken)) return known
    const made: Session = { broken: false, waitingBytes: 0, last: known?.last ?? Promise.resolve() }
    sessions.set(boxId, made)
    return made
  }

  return {
    message: (boxId, channel, bytes) => {
      const session = sessionOf(boxId, channel === 'hello')
      if (session.broken) return Promise.resolve()
      if (session.waitingBytes + bytes.length > waitingMost) {
        session.broken = true
        deps.cut(boxId, 'tooFast')
        return session.last
      }
      session.waitingBytes += bytes.length
      session.last = session.last
        .then(() => handle(boxId, channel, bytes, session))
        .finally(() => {
          session.waitingBytes -= bytes.length
        })
      return session.last
    },
    close: async () => {
      await Promise.all([...sessions.values()].map(session => session.last))
      await flushBeats()
    }
  }
}
