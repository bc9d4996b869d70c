import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@matthan/base/id'
import { makeLog } from '@matthan/base/log'
import type { Ack, Hello, Progress } from '@matthan/protocol/envelope'
import { type RecordBody, type RecordKind, recordKinds } from '@matthan/protocol/facts'
import type { SignedOrder } from '@matthan/protocol/orders'
import { type Order, readOrder } from '@matthan/protocol/read'
import { protocolVersion } from '@matthan/protocol/version'
import { type Clips, makeClips } from '../clips/clips.ts'
import { type Dispatcher, startDispatcher } from '../dispatch/dispatcher.ts'
import { type Ingest, startIngest } from '../ingest/ingest.ts'
import { type ControlStore, openControlStore } from '../store/open.ts'
import { makeTestClock, type TestClock } from './clock.ts'

/** Store, ingest, dispatcher and clips wired as `control.ts` does it, with a list in the place of the broker; for tests. */
export type House = {
  clock: TestClock
  store: ControlStore
  ingest: Ingest
  dispatcher: Dispatcher
  clips: Clips
  online: Set<string>
  /** What was sent down, oldest first. */
  orders: Order[]
  acks: (Ack & { boxId: string })[]
  cuts: string[]
  addBox(name?: string): Promise<string>
  /** As if it came over MQTT, in this lane's own numbering. */
  tell<Kind extends RecordKind>(boxId: string, kind: Kind, body: RecordBody<Kind>, seq?: number): Promise<void>
  hello(boxId: string, more?: Partial<Hello>): Promise<void>
  progress(boxId: string, orderId: string, phase: Progress['phase']): Promise<void>
  close(): Promise<void>
}

export const encode = (message: object): Buffer => Buffer.from(JSON.stringify(message))
export const atNow = (clock: TestClock) => ({ ms: clock.nowMs(), clock: 'box' as const, synchronised: true })

export const openHouse = async (): Promise<House> => {
  const folder = await mkdtemp(join(tmpdir(), 'matthan-control-'))
  const clock = makeTestClock()
  const log = makeLog('test', 'silent')
  const store = openControlStore(join(folder, 'control.db'), clock)
  const stop = new AbortController()
  const online = new Set<string>()
  const orders: Order[] = []
  const acks: House['acks'] = []
  const cuts: string[] = []
  const epoch = newId()
  const seqs = new Map<string, number>()

  const dispatcher: Dispatcher = startDispatcher(
    {
      store,
      clock,
      log,
      commandKey: { keyId: 'test', sign: () => 'sig' },
      publish: async (boxId, order: SignedOrder) => {
        if (online.has(boxId)) orders.push(readOrder(order.payload))
        return online.has(boxId)
      },
      isOnline: boxId => online.has(boxId),
      onEnded: (work, order, end) => clips.orderEnded(work, order, end),
      onProgress: (order, progress) => clips.orderProgress(order, progress)
    },
    stop.signal
  )
  const clips: Clips = makeClips({
    store,
    clock,
    isOnline: boxId => online.has(boxId),
    orderWithin: dispatcher.orderWithin,
    cancelWithin: dispatcher.cancelWithin
  })
  const ingest = startIngest(
    {
      store,
      clock,
      log,
      settle: dispatcher.settle,
      acknowledge: (boxId, ack) => acks.push({ boxId, ...ack }),
      cut: boxId => cuts.push(boxId),
      onHello: dispatcher.hello,
      onProgress: dispatcher.progress
    },
    stop.signal
  )
  return {
    clock,
    store,
    ingest,
    dispatcher,
    clips,
    online,
    orders,
    acks,
    cuts,
    addBox: async (name = 'Hộp') => {
      const boxId = newId()
      await store.write(trx =>
        trx
          .insertInto('box')
          .values({
            box_id: boxId,
            name,
            unit_label: '',
            state: 'enrolled',
            created_ms: clock.nowMs(),
            online: 0,
            last_order_seq: 0
          })
          .execute()
      )
      return boxId
    },
    tell: async (boxId, kind, body, seq) => {
      const { lane, channel } = recordKinds[kind]
      const number = seq ?? (seqs.get(`${boxId} ${lane}`) ?? 0) + 1
      seqs.set(`${boxId} ${lane}`, number)
      const records = [{ seq: number, at: atNow(clock), kind, body }]
      await ingest.message(boxId, channel, encode({ v: protocolVersion, lane, epoch, records }))
    },
    hello: async (boxId, more = {}) => {
      const hello: Hello = {
        v: protocolVersion,
        agentVersion: 'test',
        bootId: 'boot',
        at: atNow(clock),
        lanes: [],
        configVersion: 0,
        lastOrderSeq: 0,
        ordersKnown: [],
        ...more
      }
      await ingest.message(boxId, 'hello', encode(hello))
    },
    progress: (boxId, orderId, phase) =>
      ingest.message(boxId, 'progress', encode({ v: protocolVersion, at: atNow(clock), orderId, phase })),
    close: async () => {
      stop.abort()
      await ingest.close()
      await dispatcher.idle()
      await store.close()
      await rm(folder, { recursive: true })
    }
  }
}
