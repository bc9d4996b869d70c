import { putRetention } from '../store/footage.ts'
import type { Ingester } from './ingester.ts'

export const ingestRetention: Ingester<'retention'> = async ({ trx, note, boxId, at, late }, body) => {
  if (!late) await putRetention(trx, note, boxId, body, at.ms)
  return undefined
}
