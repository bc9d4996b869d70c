import type { KeyObject } from 'node:crypto'
import type { Clock } from '@matthan/base/clock'
import { fromUnknown, MatthanError, toWire } from '@matthan/base/error'
import type { Log } from '@matthan/base/log'
import { limits } from '@matthan/protocol/limits'
import { type OrderKind, type OrderResult, orderKinds } from '@matthan/protocol/orders'
import { type Order, readOrder } from '@matthan/protocol/read'
import type { Spool } from '../spool/spool.ts'
import type { OrderTable, SeenOrder } from '../store/orders.ts'
import { admit, timing } from './admission.ts'
import { makeCancelOrder } from './cancelOrder.ts'
import type { OrderContext, OrderHandlers, OrderProgress } from './handler.ts'
import { throttle } from './throttle.ts'

export type Executor = {
  /** A message on `down/order`, unchecked. */
  receive(message: Uint8Array): void
  /** The centre's time has become known: orders that waited for it are judged. */
  timeKnown(): void
  /** Orders that this box holds and has not answered, for the hello. */
  known(): string[]
  /** Runs what was accepted, also before the last stop, until the signal fires. Resolves when nothing runs any more. */
  run(signal: AbortSignal): Promise<void>
  /** Ends an order that has not finished. @returns whether it was running. */
  cancel(orderId: string): Promise<boolean>
}

type Running = { order: Order; abort: AbortController; done: Promise<void> }

/** Orders that take long share this many places; holds and cancellations never wait for a place. */
const places = 2
const needsNoPlace = new Set<OrderKind>(['placeHold', 'cancelOrder'])
const mostUnjudged = 1000
const wakeEveryMs = 1000
const progressEveryMs = 1000
const cancelGraceMs = 10_000
const restMs = 30_000

const isCancelled = (reason: unknown): boolean =>
  reason instanceof MatthanError && reason.key === 'agent.orderCancelled'
const urgentFirst = (a: Order, b: Order): number =>
  orderKinds[b.kind].priority - orderKinds[a.kind].priority || a.seq - b.seq

/**
 * I5: an order id is executed at most once and has one terminal state; a repeat is answered with the first result.
 * Row first, then the work; state and result record are one transaction. An order that was cut by a crash or a stop
 * runs again at the next start: handlers are idempotent by ids.
 */
export const makeExecutor = (options: {
  boxId: string
  commandKeys: ReadonlyMap<string, KeyObject>
  orders: OrderTable
  spool: Spool
  /** One transaction of the store. */
  atomically(job: () => void): void
  hasWaitingResult(body: string): boolean
  handlers: OrderHandlers
  clock: Clock
  log: Log
  /** The centre's time as well as the box knows it; undefined = not at all yet (unsynchronised, never answered). */
  centreNowMs(): number | undefined
  holdOnly(): boolean
  saw(order: { seq: number }): void
  progress(orderId: string, progress: OrderProgress): void
}): Executor => {
  const { orders, spool, clock, log, handlers } = options
  const running = new Map<string, Running>()
  const unjudged = new Map<string, Uint8Array>()
  const resting = new Map<string, number>()
  let outer: AbortSignal | undefined

  /** The one way into a terminal state. The first one stands. */
  const settle = (result: OrderResult): void => {
    options.atomically(() => {
      if (orders.settle(result)) spool.append('result', result)
    })
    log.info({ orderId: result.orderId, state: result.state, reason: result.error?.key }, 'order settled')
  }

  const repeated = ({ orderId, result }: SeenOrder): void => {
    if (result && !options.hasWaitingResult(JSON.stringify(result))) spool.append('result', result)
    log.info({ orderId, state: result?.state ?? 'unfinished' }, 'order repeated')
  }

  const accept = (order: Pick<Order, 'orderId' | 'seq' | 'expiresAt'> & { kind: string }, payload: string): void => {
    options.saw(order)
    orders.insert({
      orderId: order.orderId,
      seq: order.seq,
      kind: order.kind,
      payload,
      receivedMs: clock.nowMs(),
      expiresMs: order.expiresAt
    })
  }

  const refuse = (orderId: string, error: MatthanError): void =>
    settle({ orderId, state: 'rejected', error: toWire(error) })

  const receive = (message: Uint8Array): void => {
    const admitted = admit(message, options)
    const outerOrder = admitted.verdict === 'take' ? admitted.order : admitted.outer
    const { orderId } = outerOrder
    const seen = orders.get(orderId)
    if (seen) {
      repeated(seen)
      return
    }
    const nowMs = options.centreNowMs()
    if (nowMs === undefined) {
      // The centre sends again at the next hello what does not fit here.
      if (unjudged.size < mostUnjudged) unjudged.set(orderId, message)
      return
    }
    options.atomically(() => {
      accept(outerOrder, admitted.payload)
      if (admitted.verdict === 'refuse') refuse(orderId, admitted.error)
      else if (timing(admitted.order, nowMs) === 'expired') settle({ orderId, state: 'expired' })
      else if (options.holdOnly() && !orderKinds[admitted.order.kind].whenHoldOnly)
        refuse(orderId, new MatthanError('refused', 'agent.holdOnly'))
    })
    startDue()
  }

  const contextOf = (order: Order, signal: AbortSignal): OrderContext => ({
    orderId: order.orderId,
    requestedBy: order.requestedBy,
    reason: order.reason,
    signal,
    progress: throttle({ clock, everyMs: progressEveryMs, signal }, progress =>
      options.progress(order.orderId, progress)
    )
  })

  const handle = async (order: Order, context: OrderContext): Promise<unknown> => {
    switch (order.kind) {
      case 'placeHold':
        return await handlers.placeHold(order.args, context)
      case 'releaseHold':
        return await handlers.releaseHold(order.args, context)
      case 'extractFootage':
        return await handlers.extractFootage(order.args, context)
      case 'takeSnapshot':
        return await handlers.takeSnapshot(order.args, context)
      case 'probeCamera':
        return await handlers.probeCamera(order.args, context)
      case 'cancelOrder':
        return await makeCancelOrder(cancel)(order.args, context)
    }
  }

  const work = async (order: Order, abort: AbortController, stop: AbortSignal): Promise<void> => {
    const { orderId } = order
    const signal = AbortSignal.any([abort.signal, stop])
    try {
      orders.start(orderId)
      log.info({ orderId, kind: order.kind }, 'order running')
      const context = contextOf(order, signal)
      context.progress({ phase: 'accepted' })
      const output = await handle(order, context)
      settle({ orderId, state: 'succeeded', output })
    } catch (error) {
      if (isCancelled(abort.signal.reason))
        return settle({ orderId, state: 'cancelled', error: toWire(abort.signal.reason) })
      // Stopped in the middle: the row stays as it is, and the order runs again at the next start.
      if (stop.aborted) return
      const state = fromUnknown(error).kind === 'refused' ? 'rejected' : 'failed'
      log.warn({ orderId, kind: order.kind, err: error }, 'order failed')
      settle({ orderId, state, error: toWire(error) })
    }
  }

  /** The store took no result (its disk is full): the order is tried again, but not at once. */
  const rest = (orderId: string, error: unknown): void => {
    log.error({ orderId, err: error }, 'result could not be stored')
    resting.set(orderId, clock.monoMs() + restMs)
  }

  const start = (order: Order, stop: AbortSignal): void => {
    const abort = new AbortController()
    // `done` is there before the work begins: a handler may end within its first call.
    const done = Promise.resolve()
      .then(() => work(order, abort, stop))
      .catch(error => rest(order.orderId, error))
      .finally(() => {
        running.delete(order.orderId)
        startDue()
      })
    running.set(order.orderId, { order, abort, done })
  }

  const reread = ({ orderId, payload, state }: SeenOrder): { order: Order; state: SeenOrder['state'] }[] => {
    try {
      return [{ order: readOrder(payload), state }]
    } catch (error) {
      // Written by a newer version of ours.
      settle({ orderId, state: 'failed', error: toWire(error) })
      return []
    }
  }

  const startDue = (): void => {
    const nowMs = options.centreNowMs()
    if (!outer || outer.aborted || nowMs === undefined) return
    const waiting = orders
      .unfinished()
      .filter(one => !running.has(one.orderId) && (resting.get(one.orderId) ?? 0) <= clock.monoMs())
      .flatMap(reread)
      .toSorted((a, b) => urgentFirst(a.order, b.order))
    for (const { order, state } of waiting) {
      const when = timing(order, nowMs)
      // What has begun is finished, also when its time runs out meanwhile.
      if (state === 'accepted' && when === 'expired') settle({ orderId: order.orderId, state: 'expired' })
      else if (state === 'running' || when === 'now') {
        const taken = [...running.values()].filter(one => !needsNoPlace.has(one.order.kind)).length
        if (needsNoPlace.has(order.kind) || taken < places) start(order, outer)
      }
    }
  }

  const cancel = async (orderId: string): Promise<boolean> => {
    const cancelled = new MatthanError('refused', 'agent.orderCancelled')
    const result: OrderResult = { orderId, state: 'cancelled', error: toWire(cancelled) }
    const current = running.get(orderId)
    if (current) {
      current.abort.abort(cancelled)
      await Promise.race([current.done, clock.sleep(cancelGraceMs)])
      settle(result)
      return true
    }
    const nowMs = clock.nowMs()
    options.atomically(() => {
      // A cancellation may overtake its order: the order then finds its end here already.
      if (!orders.get(orderId))
        orders.insert({
          orderId,
          seq: 0,
          kind: '',
          payload: '',
          receivedMs: nowMs,
          expiresMs: nowMs + limits.orderMemoryMs
        })
      settle(result)
    })
    return false
  }

  return {
    cancel,
    known: () => orders.unfinished().map(one => one.orderId),
    receive: message => {
      try {
        receive(message)
      } catch (error) {
        log.warn({ err: error }, 'order dropped')
      }
    },
    timeKnown: () => {
      const messages = [...unjudged.values()]
      unjudged.clear()
      for (const message of messages) receive(message)
      startDue()
    },
    run: async signal => {
      outer = signal
      startDue()
      clock.every(
        wakeEveryMs,
        () => {
          startDue()
        },
        signal
      )
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
      await Promise.all([...running.values()].map(one => one.done))
    }
  }
}

/** Rows of orders are kept until expiry + 30 days: so long a repeat is recognised. */
export const forgetOrders = (orders: OrderTable, nowMs: number): number =>
  orders.dropExpiredBefore(nowMs - limits.orderMemoryMs)
