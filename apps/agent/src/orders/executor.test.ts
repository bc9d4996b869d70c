import { generateKeyPairSync, sign } from 'node:crypto'
import { MatthanError } from '@matthan/base/error'
import { newId } from '@matthan/base/id'
import { makeLog } from '@matthan/base/log'
import { type OrderKind, type OrderPayload, type OrderResult, orderKindNames } from '@matthan/protocol/orders'
import type { Store } from '@matthan/sqlite/open'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { makeSpool } from '../spool/spool.ts'
import { metaTable } from '../store/meta.ts'
import { openAgentStore } from '../store/open.ts'
import { orderTable } from '../store/orders.ts'
import { spoolTable } from '../store/spool.ts'
import { type FakeClock, fakeClock } from '../testing/fake_clock.ts'
import { type Executor, forgetOrders, makeExecutor } from './executor.ts'
import type { OrderContext, OrderHandlers } from './handler.ts'

const boxId = newId()
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const settled = async () => {
  for (let i = 0; i < 5; i++) await new Promise(resolve => setImmediate(resolve))
}

/** A promise that a test settles. */
const later = <T>() => {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

const signed = (payload: unknown, key = keys.privateKey) => {
  const text = JSON.stringify(payload)
  const sig = sign('sha256', Buffer.from(text), key).toString('base64url')
  return { payload: text, keyId: 'k1', sig }
}
const bytes = (message: unknown): Buffer => Buffer.from(JSON.stringify(message))

describe('the executor', () => {
  let store: Store
  let clock: FakeClock
  let calls: { kind: string; context: OrderContext; done: ReturnType<typeof later<unknown>> }[]
  let centreMs: (() => number) | undefined
  let holdOnly: boolean
  let progress: { orderId: string; phase: string }[]
  let executor: Executor
  let stop: AbortController
  let seq = 0

  const order = (kind: OrderKind = 'probeCamera', change: Partial<OrderPayload> = {}): OrderPayload => ({
    orderId: newId(),
    boxId,
    seq: ++seq,
    notBefore: clock.nowMs() - 1000,
    expiresAt: clock.nowMs() + 3600_000,
    kind,
    args: argsOf(kind),
    requestedBy: 'Điều tra viên A',
    reason: 'vụ 12',
    ...change
  })
  const range = { fromMs: 1, toMs: 2 }
  const argsOf = (kind: OrderKind): unknown =>
    ({
      placeHold: { holdId: newId(), viewpointId: newId(), range, owner: 'a', reason: 'b', expiresMs: 5 },
      releaseHold: { holdId: newId(), reason: 'b' },
      extractFootage: { clipId: newId(), viewpointId: newId(), range, holdId: newId() },
      takeSnapshot: { snapshotId: newId(), viewpointId: newId() },
      probeCamera: { channelId: newId() },
      cancelOrder: { orderId: newId() }
    })[kind]

  /** A new process over the same store. */
  const start = (): void => {
    const spool = makeSpool({ table: spoolTable(store), clock, synchronised: () => true, appended: () => {} })
    const meta = metaTable(store)
    calls = []
    stop = new AbortController()
    const handler = (kind: string) => async (_: unknown, context: OrderContext) => {
      const done = later<unknown>()
      context.signal.addEventListener('abort', () => done.reject(context.signal.reason), { once: true })
      calls.push({ kind, context, done })
      return (await done.promise) as never
    }
    executor = makeExecutor({
      boxId,
      commandKeys: new Map([['k1', keys.publicKey]]),
      orders: orderTable(store),
      spool,
      atomically: job => store.transaction(job).immediate(),
      hasWaitingResult: spoolTable(store).hasWaitingResult,
      handlers: Object.fromEntries(orderKindNames.map(kind => [kind, handler(kind)])) as unknown as OrderHandlers,
      clock,
      log: makeLog('test', 'silent'),
      centreNowMs: () => (centreMs ? centreMs() : undefined),
      holdOnly: () => holdOnly,
      saw: one => meta.set('lastOrderSeq', one.seq),
      progress: (orderId, one) => progress.push({ orderId, phase: one.phase })
    })
    void executor.run(stop.signal)
  }
  /** The process is gone: nothing of it writes any more. */
  const kill = (): void => {
    const orphans = calls
    stop.abort()
    for (const one of orphans) one.done.reject(new Error('killed'))
  }
  const results = (): OrderResult[] =>
    store
      .prepare<[], string>("select body from spool where kind = 'result' order by seq")
      .pluck()
      .all()
      .map(body => JSON.parse(body) as OrderResult)
  const stateOf = (orderId: string) => orderTable(store).get(orderId)?.state

  beforeEach(() => {
    store = openAgentStore(':memory:')
    clock = fakeClock()
    centreMs = () => clock.nowMs()
    holdOnly = false
    progress = []
    start()
  })

  it('runs an order and answers with one result, in the same transaction as its state', async () => {
    const one = order()
    executor.receive(bytes(signed(one)))
    await settled()
    expect(stateOf(one.orderId)).toBe('running')
    expect(executor.known()).toEqual([one.orderId])
    calls[0]!.done.resolve({ kind: 'rtsp', streams: [] })
    await settled()
    expect(stateOf(one.orderId)).toBe('succeeded')
    expect(results()).toEqual([{ orderId: one.orderId, state: 'succeeded', output: { kind: 'rtsp', streams: [] } }])
    expect(executor.known()).toEqual([])
    expect(metaTable(store).get('lastOrderSeq')).toBe(one.seq)
  })

  it('does a repeated order once, and answers each repeat with the first result', async () => {
    const message = bytes(signed(order()))
    for (let i = 0; i < 3; i++) executor.receive(message)
    await settled()
    expect(calls).toHaveLength(1)
    calls[0]!.done.resolve(1)
    await settled()
    executor.receive(message)
    executor.receive(message)
    // The first answer has not been acknowledged: no second copy of it is queued.
    expect(results()).toHaveLength(1)
    store.prepare('delete from spool').run()
    executor.receive(message)
    executor.receive(message)
    await settled()
    expect(results()).toHaveLength(1)
    expect(calls).toHaveLength(1)
  })

  it('takes nothing from a changed message, whatever field was changed (property)', async () => {
    const good = signed(order())
    const changed = fc.oneof(
      fc.tuple(fc.constant('payload'), fc.nat({ max: good.payload.length - 1 }), fc.integer({ min: 1, max: 90 })),
      fc.tuple(fc.constant('sig'), fc.nat({ max: good.sig.length - 1 }), fc.integer({ min: 1, max: 90 })),
      fc.tuple(fc.constant('keyId'), fc.nat({ max: 1 }), fc.integer({ min: 1, max: 90 }))
    )
    await fc.assert(
      fc.asyncProperty(changed, async ([field, at, by]) => {
        const text = good[field as keyof typeof good]
        const other = String.fromCharCode(33 + ((text.charCodeAt(at) - 33 + by + 94) % 94))
        fc.pre(other !== text[at])
        executor.receive(bytes({ ...good, [field]: `${text.slice(0, at)}${other}${text.slice(at + 1)}` }))
        await settled()
        expect(calls).toHaveLength(0)
        expect(results()).toHaveLength(0)
        expect(executor.known()).toEqual([])
      }),
      { numRuns: 300 }
    )
    executor.receive(bytes(good))
    await settled()
    expect(calls).toHaveLength(1)
  })

  it('drops what is signed by another key, is for another box, or is no order at all, without an answer', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    executor.receive(bytes(signed(order(), stranger)))
    executor.receive(bytes(signed(order('probeCamera', { boxId: newId() }))))
    executor.receive(bytes({ ...signed(order()), keyId: '__proto__' }))
    executor.receive(Buffer.from('{'))
    executor.receive(Buffer.from([0xff, 0xfe]))
    executor.receive(bytes(signed('text')))
    await settled()
    expect(calls).toHaveLength(0)
    expect(results()).toHaveLength(0)
  })

  it('rejects an order of a kind or with arguments that it does not know, and says why', async () => {
    const strange = order('probeCamera', { kind: 'runShell' })
    const wrong = order('probeCamera', { args: { channelId: '../../etc' } })
    executor.receive(bytes(signed(strange)))
    executor.receive(bytes(signed(wrong)))
    await settled()
    expect(results().map(one => [one.orderId, one.state, one.error?.key])).toEqual([
      [strange.orderId, 'rejected', 'base.badShape'],
      [wrong.orderId, 'rejected', 'base.badShape']
    ])
  })

  it('calls an order that comes too late expired, by the time of the centre and not of its own clock', async () => {
    const late = order()
    const offset = 10 * 365 * 24 * 3600_000
    centreMs = () => clock.nowMs() + offset
    executor.receive(bytes(signed(late)))
    await settled()
    expect(results()).toEqual([{ orderId: late.orderId, state: 'expired' }])
    const good = order('probeCamera', { notBefore: centreMs() - 1, expiresAt: centreMs() + 60_000 })
    executor.receive(bytes(signed(good)))
    await settled()
    expect(calls).toHaveLength(1)
  })

  it('waits with an order until it knows the time of the centre', async () => {
    centreMs = undefined
    const one = order()
    executor.receive(bytes(signed(one)))
    await settled()
    expect(executor.known()).toEqual([])
    centreMs = () => clock.nowMs()
    executor.timeKnown()
    await settled()
    expect(calls).toHaveLength(1)
  })

  it('keeps an order of the future until its time, and expires one whose time ran out in the queue', async () => {
    const future = order('probeCamera', { notBefore: clock.nowMs() + 600_000 })
    executor.receive(bytes(signed(future)))
    executor.receive(bytes(signed(order())))
    executor.receive(bytes(signed(order())))
    const third = order('probeCamera', { expiresAt: clock.nowMs() + 5000 })
    executor.receive(bytes(signed(third)))
    await settled()
    expect(calls).toHaveLength(2)
    await clock.pass(6000)
    expect(stateOf(third.orderId)).toBe('expired')
    for (const one of calls) one.done.resolve(1)
    await clock.pass(600_000)
    await settled()
    expect(calls).toHaveLength(3)
    expect(stateOf(future.orderId)).toBe('running')
  })

  it('works at two at a time, urgent kinds first, and never lets a hold wait', async () => {
    for (let i = 0; i < 3; i++) executor.receive(bytes(signed(order('extractFootage'))))
    executor.receive(bytes(signed(order('probeCamera'))))
    executor.receive(bytes(signed(order('placeHold'))))
    await settled()
    expect(calls.map(one => one.kind)).toEqual(['extractFootage', 'extractFootage', 'placeHold'])
    executor.receive(bytes(signed(order('releaseHold'))))
    calls[0]!.done.resolve(1)
    await settled()
    expect(calls.map(one => one.kind).slice(3)).toEqual(['extractFootage'])
    calls[1]!.done.resolve(1)
    await settled()
    expect(calls.map(one => one.kind).slice(4)).toEqual(['releaseHold'])
  })

  it('says why an order failed, and tells a refusal from a failure', async () => {
    const [failed, refused] = [order(), order()]
    executor.receive(bytes(signed(failed)))
    executor.receive(bytes(signed(refused)))
    await settled()
    calls[0]!.done.reject(new MatthanError('unreachable', 'base.unreachable', { reason: 'x' }))
    calls[1]!.done.reject(new MatthanError('refused', 'base.noPermission', { reason: 'y' }))
    await settled()
    expect(results().map(one => [one.orderId, one.state, one.error?.kind])).toEqual([
      [failed.orderId, 'failed', 'unreachable'],
      [refused.orderId, 'rejected', 'refused']
    ])
  })

  it('runs an order again that was cut by a crash, and answers it once', async () => {
    const [running, waiting] = [order('extractFootage'), order('probeCamera', { notBefore: clock.nowMs() + 600_000 })]
    executor.receive(bytes(signed(running)))
    executor.receive(bytes(signed(waiting)))
    await settled()
    // Killed between the effect and the result: the row says that it was running.
    kill()
    await settled()
    expect(results()).toEqual([])
    start()
    await settled()
    expect(calls.map(one => one.context.orderId)).toEqual([running.orderId])
    calls[0]!.done.resolve({ done: true })
    await settled()
    kill()
    // Killed after the result: nothing runs again.
    start()
    await settled()
    expect(calls).toEqual([])
    expect(results().map(one => one.orderId)).toEqual([running.orderId])
    expect(executor.known()).toEqual([waiting.orderId])
  })

  it('has neither the state nor the result when their transaction does not commit', async () => {
    const one = order()
    executor.receive(bytes(signed(one)))
    await settled()
    store.exec("create trigger full before insert on spool begin select raise(abort, 'disk is full'); end")
    calls[0]!.done.resolve(1)
    await settled()
    expect(stateOf(one.orderId)).toBe('running')
    expect(calls).toHaveLength(1)
    store.exec('drop trigger full')
    await clock.pass(31_000)
    await settled()
    expect(calls).toHaveLength(2)
    calls[1]!.done.resolve(1)
    await settled()
    expect(results().map(result => result.state)).toEqual(['succeeded'])
  })

  it('cancels an order that runs, one that waits, and one that has not come yet', async () => {
    const orders = [order('extractFootage'), order('extractFootage'), order('extractFootage'), order('extractFootage')]
    for (const one of orders.slice(0, 3)) executor.receive(bytes(signed(one)))
    await settled()
    for (const one of [orders[0]!, orders[2]!, orders[3]!])
      executor.receive(bytes(signed(order('cancelOrder', { args: { orderId: one.orderId } }))))
    await settled()
    executor.receive(bytes(signed(orders[3]!)))
    await settled()
    expect(orders.map(one => stateOf(one.orderId))).toEqual(['cancelled', 'running', 'cancelled', 'cancelled'])
    expect(calls).toHaveLength(2)
    const outputs = results().filter(one => one.state === 'succeeded')
    expect(outputs.map(one => one.output)).toEqual(
      expect.arrayContaining([{ wasRunning: true }, { wasRunning: false }, { wasRunning: false }])
    )
  })

  it('only holds and extracts while it is on hold-only', async () => {
    holdOnly = true
    const release = order('releaseHold')
    executor.receive(bytes(signed(release)))
    executor.receive(bytes(signed(order('placeHold'))))
    await settled()
    expect(results().map(one => [one.state, one.error?.key])).toEqual([['rejected', 'agent.holdOnly']])
    expect(calls.map(one => one.kind)).toEqual(['placeHold'])
  })

  it('tells progress at most once a second, and the newest in the end', async () => {
    executor.receive(bytes(signed(order('extractFootage'))))
    await settled()
    for (let i = 0; i < 100; i++) calls[0]!.context.progress({ phase: 'uploading', doneBytes: i })
    calls[0]!.context.progress({ phase: 'verifying' })
    await clock.pass(1000)
    expect(progress.map(one => one.phase)).toEqual(['accepted', 'verifying'])
  })

  it('forgets an order 30 days after its expiry, not before', async () => {
    const one = order()
    executor.receive(bytes(signed(one)))
    await settled()
    calls[0]!.done.resolve(1)
    await settled()
    const days = 24 * 3600_000
    expect(forgetOrders(orderTable(store), clock.nowMs() + 30 * days)).toBe(0)
    expect(forgetOrders(orderTable(store), clock.nowMs() + 31 * days)).toBe(1)
  })
})
