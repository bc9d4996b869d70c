import type { OrderResult, TerminalState } from '@matthan/protocol/orders'
import type { Store } from '@matthan/sqlite/open'

export type SeenState = 'accepted' | 'running' | TerminalState
export type SeenOrder = {
  orderId: string
  seq: number
  kind: string
  /** As it was signed. */
  payload: string
  state: SeenState
  /** By the centre's clock. */
  expiresMs: number
  result: OrderResult | undefined
}
export type OrderTable = ReturnType<typeof orderTable>

type Raw = Omit<SeenOrder, 'result'> & { result: string | null }
const seenOf = (raw: Raw): SeenOrder => ({ ...raw, result: raw.result === null ? undefined : JSON.parse(raw.result) })

/** Orders that this box has seen (I5). A row is never changed once its state is terminal. */
export const orderTable = (store: Store) => {
  const columns = 'order_id as orderId, seq, kind, payload, state, expires_ms as expiresMs, result'
  const one = store.prepare<[string], Raw>(`select ${columns} from order_seen where order_id = ?`)
  const unfinished = store.prepare<[], Raw>(
    `select ${columns} from order_seen where state in ('accepted', 'running') order by seq`
  )
  const insert = store.prepare(
    `insert into order_seen (order_id, seq, kind, payload, received_ms, expires_ms, state)
     values (@orderId, @seq, @kind, @payload, @receivedMs, @expiresMs, 'accepted')`
  )
  const start = store.prepare("update order_seen set state = 'running' where order_id = ? and state = 'accepted'")
  const settle = store.prepare(
    `update order_seen set state = @state, result = @result
     where order_id = @orderId and state in ('accepted', 'running')`
  )
  const drop = store.prepare("delete from order_seen where expires_ms < ? and state not in ('accepted', 'running')")
  return {
    get: (orderId: string): SeenOrder | undefined => {
      const raw = one.get(orderId)
      return raw && seenOf(raw)
    },
    /** Accepted or running, in the order in which the centre gave them out. */
    unfinished: (): SeenOrder[] => unfinished.all().map(seenOf),
    insert: (order: Omit<SeenOrder, 'state' | 'result'> & { receivedMs: number }): void => {
      insert.run(order)
    },
    start: (orderId: string): void => {
      start.run(orderId)
    },
    /** False when the order has its terminal state already; that one stands. */
    settle: (result: OrderResult): boolean =>
      settle.run({ orderId: result.orderId, state: result.state, result: JSON.stringify(result) }).changes === 1,
    dropExpiredBefore: (ms: number): number => drop.run(ms).changes
  }
}
