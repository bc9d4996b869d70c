import type { OrderHandler } from './handler.ts'

/** Ends an order that has not finished; answered as succeeded also when that one had ended before. */
export const makeCancelOrder =
  (cancel: (orderId: string) => Promise<boolean>): OrderHandler<'cancelOrder'> =>
  async ({ orderId }) => ({ wasRunning: await cancel(orderId) })
