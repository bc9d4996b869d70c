import type { Clock } from '@matthan/base/clock'
import { type ErrorKind, fromUnknown, toWire } from '@matthan/base/error'
import type { Log } from '@matthan/base/log'
import { backOff } from '@matthan/base/retry'
import type { ClipFacts, PackageRow, PackageRows } from '../store/packages.ts'

/** What a later try may mend; everything else ends the clip as failed, with its reason. */
const mayMend: ReadonlySet<ErrorKind> = new Set(['busy', 'exhausted', 'unreachable', 'refused'])

export type Packager = {
  /** There is a clip to pack. */
  wake(): void
  /** Packs one clip after the other until the signal fires: first those that a crash left waiting. */
  run(signal: AbortSignal): Promise<void>
}

export const makePackager = (deps: {
  rows: PackageRows
  make(clip: ClipFacts): Promise<PackageRow | undefined>
  clock: Clock
  log: Log
}): Packager => {
  const { rows, make, clock, log } = deps
  let wake = () => {}

  /** @returns whether a clip has to be tried again. */
  const packAll = async (signal: AbortSignal): Promise<boolean> => {
    let again = false
    for (const clip of await rows.waiting()) {
      if (signal.aborted) return false
      try {
        const row = await make(clip)
        log.info({ clipId: clip.clipId, packageId: row?.packageId, bytes: row?.bytes }, 'packaged')
      } catch (error) {
        const known = fromUnknown(error)
        log.error({ clipId: clip.clipId, err: known.cause ?? known }, 'packageFailed')
        if (mayMend.has(known.kind)) again = true
        else await rows.failed(clip.clipId, toWire(known), clock.nowMs())
      }
    }
    return again
  }

  return {
    wake: () => wake(),
    run: async signal => {
      const wait = backOff(5000, 300_000)
      while (!signal.aborted) {
        const woken = new Promise<void>(resolve => {
          wake = resolve
        })
        const again = await packAll(signal)
        if (!again) wait.reset()
        const rested = new AbortController()
        const stop = AbortSignal.any([signal, rested.signal])
        const stopped = new Promise<void>(resolve => stop.addEventListener('abort', () => resolve(), { once: true }))
        if (signal.aborted) return
        await Promise.race([woken, stopped, ...(again ? [clock.sleep(wait.next(), stop).catch(() => {})] : [])])
        rested.abort()
      }
    }
  }
}
