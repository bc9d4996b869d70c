import type { Clock } from '@matthan/base/clock'
import { limits } from '@matthan/protocol/limits'

/** Throughput over the last seconds, so that the time left follows the link and not the beginning. */
export type Meter = {
  add(bytes: number): void
  /** Bytes per second; undefined until a second was measured. */
  rate(): number | undefined
}

const windowMs = 10_000
const leastMs = 1000

export const makeMeter = (clock: Clock): Meter => {
  const startMs = clock.monoMs()
  let marks: { ms: number; bytes: number }[] = []
  return {
    add: bytes => {
      const now = clock.monoMs()
      const last = marks.at(-1)
      // A mark each tenth of a second is enough, however small the pieces are.
      if (last && now - last.ms < 100) last.bytes += bytes
      else marks.push({ ms: now, bytes })
      marks = marks.filter(mark => now - mark.ms <= windowMs)
    },
    rate: () => {
      const now = clock.monoMs()
      const measuredMs = Math.min(windowMs, now - startMs)
      if (measuredMs < leastMs) return undefined
      const bytes = marks.filter(mark => now - mark.ms <= windowMs).reduce((sum, mark) => sum + mark.bytes, 0)
      return (bytes / measuredMs) * 1000
    }
  }
}

/** Aimed at, well below the most that one PATCH may take of the link: little is lost when it tears. */
const patchMs = Math.min(8000, limits.patchLinkMs)
const growth = 4

/** Size of the next PATCH after one of `bytes` that took `ms`: from the measured throughput, growing in steps. */
export const nextPatch = (bytes: number, ms: number): number => {
  const aimed = (bytes / Math.max(ms, 1)) * patchMs
  const bounded = Math.min(limits.patchMostBytes, bytes * growth, Math.max(limits.patchLeastBytes, aimed))
  return Math.max(limits.patchLeastBytes, Math.floor(bounded / 65_536) * 65_536)
}
export const firstPatch = 4 * limits.patchLeastBytes
