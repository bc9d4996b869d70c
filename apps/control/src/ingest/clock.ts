import { addClockCheck } from '../store/footage.ts'
import type { Ingester } from './ingester.ts'

export const ingestClock: Ingester<'clock'> = async (taking, body) => {
  await addClockCheck(taking.trx, taking, body)
  return undefined
}
