import type { Clock } from '@matthan/base/clock'
import type { RecordBody } from '@matthan/protocol/facts'
import type { ClockTable } from '../store/clock.ts'
import type { ClockOffset } from './centre.ts'

/**
 * Stores the present comparison of the box's clock with the centre's and tells it as a fact. Nothing while there is none.
 * @param step of the box's wall clock that was seen just now: when (by the box), and after − before, milliseconds.
 */
export const makeClockTeller =
  (deps: {
    checks: ClockTable
    told(fact: RecordBody<'clock'>): void
    clock: Clock
    bootId: string
    synchronised(): boolean
    offset(): ClockOffset | undefined
  }) =>
  (step?: { atMs: number; deltaMs: number }): void => {
    const offset = deps.offset()
    if (!offset) return
    const { offsetMs, uncertaintyMs } = offset
    const check = { subject: 'box', offsetMs, uncertaintyMs, reference: 'centre', method: 'acknowledgement' } as const
    deps.checks.insert({ ...check, atMs: deps.clock.nowMs(), bootId: deps.bootId })
    deps.told({ ...check, synchronised: deps.synchronised(), ...(step ? { step } : {}) })
  }
