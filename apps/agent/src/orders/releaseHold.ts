import type { HoldKeeper } from '../retention/holds.ts'
import type { OrderHandler } from './handler.ts'

/** Ends a hold; retention may take its footage from now on. */
export const makeReleaseHold =
  ({ holds }: { holds: HoldKeeper }): OrderHandler<'releaseHold'> =>
  async ({ holdId, reason }, { orderId, signal }) => ({
    freedBytes: await holds.release(holdId, { orderId, reason }, signal)
  })
