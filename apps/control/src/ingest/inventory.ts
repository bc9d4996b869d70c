import { replaceInventory } from '../store/places.ts'
import type { Ingester } from './ingester.ts'

export const ingestInventory: Ingester<'inventory'> = async (taking, inventory) => {
  if (taking.late) return undefined
  const { trx, note, boxId, at, nowMs } = taking
  const refused = await replaceInventory(trx, note, boxId, inventory, { statedMs: at.ms, nowMs })
  return refused.length > 0 ? `belongs to another box: ${refused.join(', ')}` : undefined
}
