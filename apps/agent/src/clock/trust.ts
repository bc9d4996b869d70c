import type { Clock } from '@matthan/base/clock'
import { type Discipline, readDiscipline } from '@matthan/base/discipline'
import type { ClockOffset } from './centre.ts'

export type ClockTrust = {
  /** Whether the box's clock can be trusted now (I8). Cheap. */
  synchronised(): boolean
  /** Why, or why not, for people. */
  source(): Discipline | 'centre'
  /** Asks the time services now and every half a minute until the signal fires. Resolves when the first answer is there. */
  watch(signal: AbortSignal): Promise<void>
}

const askEveryMs = 30_000
/** A comparison with the centre counts for this long. */
const freshMs = 3600_000
/** Within this of the centre the clock is good for evidence even where no time service runs. */
const closeMs = 1000
/** Further from the centre than this it is wrong, whatever a time service says. */
const wrongMs = 5000

/**
 * Trusts the clock when a time service of this machine keeps it, or when the last comparison with the centre was
 * close; not when that comparison proves it wrong.
 */
export const makeClockTrust = (options: {
  clock: Clock
  offset(): ClockOffset | undefined
  read?(nowMs: number): Promise<Discipline>
}): ClockTrust => {
  const { clock, offset, read = readDiscipline } = options
  let discipline: Discipline = 'none'
  const compared = (): 'close' | 'wrong' | 'unknown' => {
    const last = offset()
    if (!last || clock.nowMs() - last.measuredMs > freshMs) return 'unknown'
    const { offsetMs, uncertaintyMs } = last
    if (Math.abs(offsetMs) + uncertaintyMs <= closeMs) return 'close'
    return Math.abs(offsetMs) - uncertaintyMs > wrongMs ? 'wrong' : 'unknown'
  }
  const source = (): Discipline | 'centre' => {
    const comparison = compared()
    if (comparison === 'wrong') return 'none'
    return discipline === 'none' && comparison === 'close' ? 'centre' : discipline
  }
  const ask = async (): Promise<void> => {
    discipline = await read(clock.nowMs())
  }
  return {
    source,
    synchronised: () => source() !== 'none',
    watch: async signal => {
      await ask()
      clock.every(askEveryMs, ask, signal)
    }
  }
}
