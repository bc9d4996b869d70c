import { type KeyObject, verify } from 'node:crypto'
import { MatthanError } from '@matthan/base/error'
import { limits } from '@matthan/protocol/limits'
import { OrderPayload, SignedOrder } from '@matthan/protocol/orders'
import { type Order, readMessage, readOrder } from '@matthan/protocol/read'

/** An order whose signature holds: for us to do, or to answer with the reason why not. */
export type Admitted =
  | { verdict: 'take'; order: Order; payload: string }
  | { verdict: 'refuse'; outer: OrderPayload; payload: string; error: MatthanError }

/**
 * Checks a message on `down/order`. Nothing of the payload is believed, and nothing is answered, before the signature
 * of a known command key over its very bytes holds and it is addressed to this box: an answer to a forged order
 * would end the real one with that id.
 * @throws MatthanError verification or usage: to be dropped and logged.
 */
export const admit = (
  message: Uint8Array,
  options: { boxId: string; commandKeys: ReadonlyMap<string, KeyObject> }
): Admitted => {
  const { payload, keyId, sig } = readMessage('signed order', SignedOrder, message)
  const key = options.commandKeys.get(keyId)
  if (!key) throw new MatthanError('verification', 'agent.orderKeyUnknown', { keyId })
  const signature = Buffer.from(sig, 'base64url')
  // Base64url has ignorable bits; only the one spelling is taken.
  const sound =
    signature.toString('base64url') === sig && verify('sha256', Buffer.from(payload, 'utf8'), key, signature)
  if (!sound) throw new MatthanError('verification', 'agent.orderSignature', { keyId })
  const outer = readMessage('order', OrderPayload, payload)
  if (outer.boxId !== options.boxId)
    throw new MatthanError('verification', 'agent.orderForAnother', { box: outer.boxId })
  try {
    return { verdict: 'take', order: readOrder(payload), payload }
  } catch (error) {
    if (error instanceof MatthanError) return { verdict: 'refuse', outer, payload, error }
    throw error
  }
}

/** How an order stands in time. `nowMs` is the centre's time as far as the box knows it. */
export const timing = (order: { notBefore: number; expiresAt: number }, nowMs: number): 'now' | 'later' | 'expired' => {
  if (nowMs >= order.expiresAt) return 'expired'
  return nowMs + limits.clockSlackMs >= order.notBefore ? 'now' : 'later'
}
