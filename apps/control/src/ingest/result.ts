import type { OrderResult } from '@matthan/protocol/orders'
import type { Ingester, Taking } from './ingester.ts'

/** Ends the order that a result answers, within the transaction of the record. Given by the dispatcher. */
export type Settle = (taking: Taking, result: OrderResult) => Promise<string | undefined>

export const ingestResult =
  (settle: Settle): Ingester<'result'> =>
  async (taking, result) =>
    await settle(taking, result)
