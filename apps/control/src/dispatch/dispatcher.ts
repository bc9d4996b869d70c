import type { Clock } from '@matthan/base/clock'
import { MatthanError, toWire } from '@matthan/base/error'
import { newId } from '@matthan/base/id'
import type { Log } from '@matthan/base/log'
import type { Hello, Progress } from '@matthan/protocol/envelope'
import {
  type OrderArgs,
  type OrderKind,
  type OrderPayload,
  type OrderResult,
  orderKinds,
  type SignedOrder,
  type TerminalState,
  terminalStates
} from '@matthan/protocol/orders'
import { readShape } from '@matthan/protocol/read'
import type { WireError } from '@matthan/protocol/scalars'
import type { z } from 'zod'
import { boxById, nextOrderSeq } from '../store/boxes.ts'
import type { Note } from '../store/changes.ts'
import type { ControlStore, Writer } from '../store/open.ts'
import {
  endOrder,
  insertOrder,
  moveOrder,
  type OrderRow,
  openOrdersOf,
  orderById,
  overdueOrders
} from '../store/orders.ts'

/** Why an order is given, and how long a box may still begin it. */
export type Wish = { requestedBy: string; reason: string; expiresMs: number; clipId?: string }
export type Work = { trx: Writer; note: Note }
export type End = { state: TerminalState; output?: unknown; error?: WireError | undefined }

export type DispatcherDeps = {
  store: ControlStore
  clock: Clock
  log: Log
  commandKey: { keyId: string; sign(payload: string): string | Promise<string> }
  /** Hands an order to the connection of its box. @returns false when there is none. */
  publish(boxId: string, order: SignedOrder): Promise<boolean>
  isOnline(boxId: string): boolean
  /** An order got its terminal state, within the same transaction. */
  onEnded(work: Work, order: OrderRow, end: End): Promise<void>
  onProgress(order: OrderRow, progress: Progress): Promise<void>
}

export type Dispatcher = {
  /** Gives an order: the row now, the message after the commit. @returns its id. */
  order<Kind extends OrderKind>(boxId: string, kind: Kind, args: OrderArgs<Kind>, wish: Wish): Promise<string>
  /** As `order`, within a transaction that does more. */
  orderWithin<Kind extends OrderKind>(
    work: Work,
    boxId: string,
    kind: Kind,
    args: OrderArgs<Kind>,
    wish: Wish
  ): Promise<string>
  /** A terminal answer of a box (I5: the first one stays). @throws MatthanError notFound for an order that is not the box's. */
  settle(work: Work & { boxId: string; nowMs: number }, result: OrderResult): Promise<string | undefined>
  progress(boxId: string, progress: Progress): Promise<void>
  /** The last word about an order that runs. */
  progressOf(orderId: string): Progress | undefined
  /** Sends again, in order of priority, whatever the box has not answered and does not hold. */
  hello(boxId: string, hello: Hello): Promise<void>
  /** Ends an order: at once when no box can have seen it, else by an order to the box. */
  cancelWithin(work: Work, orderId: string, wish: Pick<Wish, 'requestedBy' | 'reason'>): Promise<void>
  /** Ends everything that the box has not answered: it never will. */
  boxRevoked(boxId: string): Promise<void>
  /** Resolves when no delivery runs. */
  idle(): Promise<void>
}

const sweepEveryMs = 5000
/** A box that got an order and is silent this long after the order's expiry will not answer any more. */
const silentMs = 7 * 24 * 3600_000
const cancelLifeMs = 24 * 3600_000
const isTerminal = (state: string): boolean => terminalStates.some(one => one === state)

export const startDispatcher = (deps: DispatcherDeps, signal: AbortSignal): Dispatcher => {
  const { store, clock, log } = deps
  const live = new Map<string, Progress>()

  const orderWithin: Dispatcher['orderWithin'] = async (work, boxId, kind, args, wish) => {
    const box = await boxById(work.trx, boxId)
    if (!box) throw new MatthanError('notFound', 'control.noBox', { box: boxId })
    if (box.state === 'revoked') throw new MatthanError('refused', 'control.boxRevoked', { box: box.name })
    const nowMs = clock.nowMs()
    const payload: OrderPayload = {
      orderId: newId(),
      boxId,
      seq: await nextOrderSeq(work.trx, boxId),
      notBefore: nowMs,
      expiresAt: wish.expiresMs,
      kind,
      args: readShape(kind, orderKinds[kind].args as z.ZodType, args),
      requestedBy: wish.requestedBy,
      reason: wish.reason
    }
    const text = JSON.stringify(payload)
    await insertOrder(work.trx, work.note, {
      order_id: payload.orderId,
      box_id: boxId,
      seq: payload.seq,
      kind,
      payload: text,
      key_id: deps.commandKey.keyId,
      sig: await deps.commandKey.sign(text),
      priority: orderKinds[kind].priority,
      state: 'queued',
      clip_id: wish.clipId ?? null,
      requested_by: wish.requestedBy,
      reason: wish.reason,
      created_ms: nowMs,
      expires_ms: wish.expiresMs,
      delivered_ms: null,
      ended_ms: null,
      output: null,
      error: null
    })
    return payload.orderId
  }

  /** The row says delivered before the message leaves: what may have arrived is never taken for unsent. */
  const deliver = async (order: OrderRow): Promise<void> => {
    const { order_id: orderId, box_id: boxId } = order
    const first = order.state === 'queued'
    if (first && order.expires_ms <= clock.nowMs()) return
    if (!deps.isOnline(boxId)) return
    if (
      first &&
      !(await store.write((trx, note) => moveOrder(trx, note, orderId, ['queued'], 'delivered', clock.nowMs())))
    )
      return
    const sent = await deps.publish(boxId, { payload: order.payload, keyId: order.key_id, sig: order.sig })
    // Not a change to tell: the next hello finds it queued.
    if (!sent && first)
      await store.write(trx => moveOrder(trx, () => {}, orderId, ['delivered'], 'queued', clock.nowMs()))
  }

  const deliverQueued = async (orderIds: readonly string[]): Promise<void> => {
    for (const orderId of orderIds) {
      const order = await orderById(store.read, orderId)
      if (order?.state === 'queued') await deliver(order)
    }
  }

  const end = async (work: Work, order: OrderRow, how: End): Promise<boolean> => {
    const ended = await endOrder(work.trx, work.note, order.order_id, how, clock.nowMs())
    live.delete(order.order_id)
    if (ended) await deps.onEnded(work, order, how)
    return ended
  }

  /** What a success must bring along; anything else is a failure of the box. */
  const checked = (order: OrderRow, result: OrderResult): End => {
    if (result.state !== 'succeeded') return { state: result.state, error: result.error }
    try {
      const schema = orderKinds[order.kind as OrderKind].output as z.ZodType
      return { state: 'succeeded', output: readShape(order.kind, schema, result.output) }
    } catch (error) {
      return { state: 'failed', error: toWire(error) }
    }
  }

  const sweep = async (): Promise<void> => {
    const nowMs = clock.nowMs()
    const overdue = await overdueOrders(store.read, nowMs, nowMs - silentMs)
    for (const { order_id: orderId } of overdue)
      await store.write(async (trx, note) => {
        const order = await orderById(trx, orderId)
        if (!order || isTerminal(order.state)) return
        if (order.state !== 'queued' && order.expires_ms > nowMs - silentMs) return
        const key = order.state === 'queued' ? 'control.orderNeverDelivered' : 'control.orderNeverAnswered'
        await end({ trx, note }, order, { state: 'expired', error: toWire(new MatthanError('unreachable', key)) })
      })
  }
  clock.every(sweepEveryMs, () => sweep().catch(error => log.error({ err: error }, 'orderSweep')), signal)

  let delivering: Promise<void> = Promise.resolve()
  const stop = store.onChanges(changes => {
    const orders = changes.filter(change => change.topic === 'order').map(change => change.id)
    if (orders.length === 0) return
    delivering = delivering.then(() => deliverQueued(orders)).catch(error => log.error({ err: error }, 'orderDelivery'))
  })
  signal.addEventListener('abort', stop, { once: true })

  return {
    order: (boxId, kind, args, wish) => store.write((trx, note) => orderWithin({ trx, note }, boxId, kind, args, wish)),
    orderWithin,
    settle: async (work, result) => {
      const order = await orderById(work.trx, result.orderId)
      if (order?.box_id !== work.boxId)
        throw new MatthanError('notFound', 'control.noOrder', { orderId: result.orderId })
      if (await end(work, order, checked(order, result))) return undefined
      return order.state === result.state ? undefined : `order has ended as ${order.state} before`
    },
    progress: async (boxId, progress) => {
      const order = await orderById(store.read, progress.orderId)
      if (order?.box_id !== boxId || isTerminal(order.state)) return
      const state = progress.phase === 'accepted' ? 'accepted' : 'running'
      live.set(order.order_id, progress)
      if (order.state !== state && order.state !== 'running')
        await store.write((trx, note) =>
          moveOrder(trx, note, order.order_id, ['queued', 'delivered', 'accepted'], state, clock.nowMs())
        )
      await deps.onProgress(order, progress)
    },
    progressOf: orderId => live.get(orderId),
    hello: async (boxId, hello) => {
      const known = new Set(hello.ordersKnown)
      for (const order of await openOrdersOf(store.read, boxId)) if (!known.has(order.order_id)) await deliver(order)
    },
    cancelWithin: async (work, orderId, { requestedBy, reason }) => {
      const order = await orderById(work.trx, orderId)
      if (!order) throw new MatthanError('notFound', 'control.noOrder', { orderId })
      if (isTerminal(order.state)) return
      if (order.state === 'queued') await end(work, order, { state: 'cancelled' })
      else {
        const expiresMs = clock.nowMs() + cancelLifeMs
        await orderWithin(work, order.box_id, 'cancelOrder', { orderId }, { requestedBy, reason, expiresMs })
      }
    },
    boxRevoked: boxId =>
      store.write(async (trx, note) => {
        const name = (await boxById(trx, boxId))?.name ?? boxId
        const error = toWire(new MatthanError('refused', 'control.boxRevoked', { box: name }))
        for (const order of await openOrdersOf(trx, boxId)) await end({ trx, note }, order, { state: 'failed', error })
      }),
    idle: () => delivering
  }
}
