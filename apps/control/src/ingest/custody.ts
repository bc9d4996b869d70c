import { MatthanError } from '@matthan/base/error'
import { addCustody } from '../store/footage.ts'
import { orderById } from '../store/orders.ts'
import type { Ingester } from './ingester.ts'

export const ingestCustody: Ingester<'custody'> = async (taking, body) => {
  const order = await orderById(taking.trx, body.orderId)
  if (order?.box_id !== taking.boxId) throw new MatthanError('notFound', 'control.noOrder', { orderId: body.orderId })
  await addCustody(taking.trx, taking, body, order.clip_id)
  if (order.clip_id) taking.note('clip', order.clip_id)
  return undefined
}
