import { limits } from '@matthan/protocol/limits'
import { checkRange } from '../evidence/range.ts'
import type { HoldKeeper } from '../retention/holds.ts'
import type { OrderHandler } from './handler.ts'

/** Keeps footage from being overwritten. Idempotent by the hold's id. */
export const makePlaceHold =
  ({ holds }: { holds: HoldKeeper }): OrderHandler<'placeHold'> =>
  async (args, { orderId, signal, progress }) => {
    // A hold may be wider than one clip: an investigation keeps a week before it knows the hour.
    checkRange(args.range, 31 * limits.clipRangeMs)
    progress({ phase: 'holding' })
    return await holds.place(args, orderId, signal)
  }
