import type { Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'
import { conditions } from '@matthan/protocol/health'
import { allBoxes } from '../store/boxes.ts'
import { openConditions, putInterval } from '../store/conditions.ts'
import type { ControlStore } from '../store/open.ts'

/** What only the centre can see: that a box is away. */
export type OfflineWatch = {
  online(boxId: string): Promise<void>
  offline(boxId: string): void
}

const sweepEveryMs = 5000
const code = 'boxOffline'

/**
 * Raises `boxOffline` for every enrolled box that has no connection for its time to visible, counted on the
 * monotonic clock (I8) and, after a start of the centre, from that start; clears it when the box is back.
 */
export const startOfflineWatch = async (
  deps: { store: ControlStore; clock: Clock; log: Log; isOnline(boxId: string): boolean },
  signal: AbortSignal
): Promise<OfflineWatch> => {
  const { store, clock, log } = deps
  /** Boxes that are away and not yet reported: since when, monotonic, and on the wall clock for people. */
  const away = new Map<string, { monoMs: number; sinceMs: number }>()
  const reported = new Set((await openConditions(store.read)).filter(one => one.code === code).map(one => one.box_id))
  const leave = (boxId: string, sinceMs: number) => {
    if (!reported.has(boxId)) away.set(boxId, { monoMs: clock.monoMs(), sinceMs })
  }
  for (const box of await allBoxes(store.read))
    if (box.state === 'enrolled') leave(box.box_id, box.last_seen_ms ?? clock.nowMs())

  const clear = async (boxId: string): Promise<void> => {
    const nowMs = clock.nowMs()
    await store.write(async (trx, note) => {
      for (const one of await openConditions(trx, boxId))
        if (one.code === code)
          await putInterval(
            trx,
            note,
            { boxId, code, subjectId: boxId, sinceMs: one.since_ms },
            { clearedMs: Math.max(nowMs, one.since_ms), seenBy: 'centre', details: {}, nowMs }
          )
    })
    reported.delete(boxId)
  }

  const sweep = async (): Promise<void> => {
    for (const [boxId, since] of away) {
      if (deps.isOnline(boxId)) away.delete(boxId)
      else if (clock.monoMs() - since.monoMs >= conditions[code].timeToVisibleMs) {
        const key = { boxId, code, subjectId: boxId, sinceMs: since.sinceMs }
        await store.write((trx, note) =>
          putInterval(trx, note, key, { clearedMs: null, seenBy: 'centre', details: {}, nowMs: clock.nowMs() })
        )
        away.delete(boxId)
        reported.add(boxId)
        // It may have come while the row was written.
        if (deps.isOnline(boxId)) await clear(boxId)
      }
    }
  }
  clock.every(sweepEveryMs, () => sweep().catch(error => log.error({ err: error }, 'offlineSweep')), signal)

  return {
    online: async boxId => {
      away.delete(boxId)
      if (reported.has(boxId)) await clear(boxId)
    },
    offline: boxId => leave(boxId, clock.nowMs())
  }
}
