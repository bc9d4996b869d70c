import type { Clock } from '@matthan/base/clock'
import type { Meta } from '../store/meta.ts'

/** Where the box's clock stands against the centre's: offset = box − centre, + = the box is fast. */
export type ClockOffset = {
  offsetMs: number
  uncertaintyMs: number
  /** By the box's clock as it stands now. */
  measuredMs: number
}

/** The centre's time at a monotonic instant of this boot. */
type Sample = { centreMs: number; uncertaintyMs: number; monoMs: number; bootId: string }

export type CentreClock = ReturnType<typeof makeCentreClock>

/** A quartz that nobody disciplines drifts by less than this. */
const drift = 1e-4
const saveEveryMs = 60_000

/**
 * The centre's time, from its acknowledgements. A sample ties the centre's time to monotonic time, so that the offset
 * follows a step of the box's clock at once, and an expiry can be judged by a box whose clock is wrong.
 */
export const makeCentreClock = (options: { clock: Clock; meta: Meta; bootId: string }) => {
  const { clock, meta, bootId } = options
  const stored = meta.get('centreTime')
  // Monotonic times of two boots are never compared.
  let best: Sample | undefined = stored?.bootId === bootId ? stored : undefined
  let savedMonoMs = Number.NEGATIVE_INFINITY

  const uncertaintyAt = (sample: Sample, monoMs: number) => sample.uncertaintyMs + (monoMs - sample.monoMs) * drift

  return {
    /**
     * The centre said `centreTimeMs` in answer to something sent at `sentMonoMs`; call it when the answer is there.
     * The instant lies within the round trip, so half of that is the uncertainty (Cristian's rule).
     * @returns whether this comparison is the best one now.
     */
    answered: (sentMonoMs: number, centreTimeMs: number): boolean => {
      const monoMs = clock.monoMs()
      const half = (monoMs - sentMonoMs) / 2
      const sample: Sample = { centreMs: centreTimeMs + half, uncertaintyMs: half + 1, monoMs, bootId }
      if (best && uncertaintyAt(best, monoMs) < sample.uncertaintyMs) return false
      best = sample
      if (monoMs - savedMonoMs >= saveEveryMs) {
        savedMonoMs = monoMs
        meta.set('centreTime', sample)
      }
      return true
    },
    /** Undefined until the centre has answered in this boot. */
    nowMs: (): number | undefined => best && best.centreMs + clock.monoMs() - best.monoMs,
    offset: (): ClockOffset | undefined => {
      if (!best) return undefined
      const monoMs = clock.monoMs()
      const ageMs = monoMs - best.monoMs
      const boxMs = clock.nowMs()
      return {
        offsetMs: boxMs - (best.centreMs + ageMs),
        uncertaintyMs: uncertaintyAt(best, monoMs),
        measuredMs: Math.round(boxMs - ageMs)
      }
    }
  }
}
