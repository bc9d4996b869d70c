import type { Clock } from '@matthan/base/clock'
import { type Discipline, watchDiscipline } from '@matthan/base/discipline'
import type { ClockOffset } from './centre.ts'

export type ClockTrust = {
  /** Whether the box's clock can be trusted now (I8). Cheap. */
  synchronised(): boolean
  /** Why, or why not, for people. */
  source(): Discipline | 'centre'
  /** Asks the time services now and from time to time until the signal fires. Resolves when the first answer is there. */
  watch(signal: AbortSignal): Promise<void>
}

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
  const { clock, offset, read } = options
  let machine: () => Discipline = () => 'none'
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
    const discipline = machine()
    return discipline === 'none' && comparison === 'close' ? 'centre' : discipline
  }
  return {
    source,
    synchronised: () => source() !== 'none',
    watch: async signal => {
      const watch = watchDiscipline({ clock, signal, ...(read ? { read } : {}) })
      machine = watch.now
      await watch.first
    }
  }
}
