import type { Progress } from '@matthan/protocol/envelope'
import type { OrderArgs, OrderKind, OrderOutput } from '@matthan/protocol/orders'

/** How far an order is; the executor adds id and instant and sends at most one a second. */
export type OrderProgress = Omit<Progress, 'v' | 'at' | 'orderId'>

export type OrderContext = {
  orderId: string
  requestedBy: string
  reason: string
  /** Fires when the order is cancelled or the agent stops; after a stop the order runs again at the next start. */
  signal: AbortSignal
  progress(progress: OrderProgress): void
}

/**
 * Does one order. What it throws becomes the reason of `failed`, a MatthanError of kind `refused` of `rejected`.
 * It may run again after a crash in the middle (I5 promises one *effect*, not one run): everything it makes is named
 * by ids from its arguments, and what is there already is no error.
 */
export type OrderHandler<Kind extends OrderKind> = (
  args: OrderArgs<Kind>,
  context: OrderContext
) => Promise<OrderOutput<Kind>>

/** Adding a kind of order does not compile until it has a handler (law L8). `cancelOrder` is the executor's own. */
export type OrderHandlers = { [Kind in Exclude<OrderKind, 'cancelOrder'>]: OrderHandler<Kind> }
