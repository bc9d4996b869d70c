import { MatthanError } from '@matthan/base/error'
import { conditions } from '@matthan/protocol/health'
import { intervalsOf, putInterval } from '../store/conditions.ts'
import type { Ingester } from './ingester.ts'

export const ingestCondition: Ingester<'condition'> = async (taking, change) => {
  const { trx, note, boxId, at, nowMs } = taking
  const { code, subjectId, sinceMs, raised, details } = change
  if (conditions[code].seenBy !== 'box') throw new MatthanError('refused', 'control.conditionNotYours', { code })
  const key = { boxId, code, subjectId }
  const others = (await intervalsOf(trx, key)).filter(one => one.since_ms !== sinceMs)
  // A later interval ends this one; an earlier one that was never cleared (its end was lost) ends here.
  const later = others.find(one => one.since_ms > sinceMs)
  const clearedMs = raised ? (later?.since_ms ?? null) : Math.max(at.ms, sinceMs)
  for (const one of others)
    if (one.cleared_ms === null && one.since_ms < sinceMs)
      await putInterval(
        trx,
        note,
        { ...key, sinceMs: one.since_ms },
        { clearedMs: sinceMs, seenBy: 'box', details: JSON.parse(one.details), nowMs }
      )
  await putInterval(trx, note, { ...key, sinceMs }, { clearedMs, seenBy: 'box', details, nowMs })
  return undefined
}
