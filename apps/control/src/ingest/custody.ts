import { MatthanError } from '@matthan/base/error'
import type { Custody } from '@matthan/protocol/facts'
import { clipByHold } from '../store/clips.ts'
import { addCustody } from '../store/footage.ts'
import { orderById } from '../store/orders.ts'
import type { Ingester, Taking } from './ingester.ts'

/** The clip that it was done for; null when for none. Never one of another box. */
const clipOf = async ({ trx, boxId }: Taking, { orderId, details }: Custody): Promise<string | null> => {
  if (orderId === undefined) return (await clipByHold(trx, boxId, String(details.holdId)))?.clip_id ?? null
  const order = await orderById(trx, orderId)
  if (order?.box_id !== boxId) throw new MatthanError('notFound', 'control.noOrder', { orderId })
  return order.clip_id
}

export const ingestCustody: Ingester<'custody'> = async (taking, body) => {
  const clipId = await clipOf(taking, body)
  await addCustody(taking.trx, taking, body, clipId)
  if (clipId) taking.note('clip', clipId)
  return undefined
}
