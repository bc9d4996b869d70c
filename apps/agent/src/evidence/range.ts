import { sayInstant } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { limits } from '@matthan/protocol/limits'
import type { Range } from '@matthan/protocol/scalars'

/** What a person may ask for. @throws MatthanError usage */
export const checkRange = (range: Range, mostMs: number = limits.clipRangeMs): void => {
  const params = { from: sayInstant(range.fromMs), to: sayInstant(range.toMs) }
  if (range.toMs <= range.fromMs) throw new MatthanError('usage', 'agent.rangeBackwards', params)
  if (range.toMs - range.fromMs > mostMs)
    throw new MatthanError('usage', 'agent.rangeTooLong', { ...params, hours: Math.round(mostMs / 3600_000) })
}
