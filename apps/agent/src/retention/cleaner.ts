import type { Log } from '@matthan/base/log'
import type { Footage } from '../footage/footage.ts'
import { goneSpans } from '../footage/spans.ts'
import type { DiskSpace } from '../health/disk.ts'
import type { Deletions } from '../store/deletions.ts'
import type { Segments } from '../store/segments.ts'

export type CleanerDeps = {
  segments: Segments
  deletions: Deletions
  footage: Footage
  space(): Promise<DiskSpace>
  /** Days that this channel's footage must exist; 0 = none agreed, then only space ends it. */
  requiredDays(channelId: string): number
  /** Whether ages mean anything now (`clockIsTrusted`). */
  clockTrusted(): boolean
  nowMs(): number
  log: Log
  floorBytes?: number
}

export type Swept = {
  segments: number
  bytes: number
  /** Space is below the floor and every segment is under hold or gone: deleting on would free nothing (I9). */
  starved: boolean
}

const dayMs = 86_400_000
const batch = 500

/** Free space below which the oldest footage goes: 2 % of the disk, between 512 MiB and 20 GiB. */
export const floorOf = (totalBytes: number): number =>
  Math.min(20 * 1024 ** 3, Math.max(512 * 1024 ** 2, Math.round(totalBytes * 0.02)))

/**
 * Deletes what may go, oldest first (I1: mark, unlink by the recorder, row). Held footage is never touched, and since
 * its bytes cannot be freed, never deleted around either: when only it is left the answer is `starved`, an alarm.
 */
export const makeCleaner = (deps: CleanerDeps) => {
  const { segments, deletions, footage, space, requiredDays, clockTrusted, nowMs, log } = deps

  /** Ends the deletions that are marked, also those of before a crash. */
  const finishMarked = async (signal: AbortSignal): Promise<{ segments: number; bytes: number }> => {
    const done = { segments: 0, bytes: 0 }
    for (;;) {
      const marked = segments.marked(batch)
      if (marked.length === 0 || signal.aborted) return done
      const failed = new Map(
        (
          await footage.remove(
            marked.map(s => s.path),
            signal
          )
        ).map(f => [f.path, f.reason])
      )
      const gone = marked.filter(s => !failed.has(s.path))
      segments.removeDeleted.immediate(gone, goneSpans(gone, 'overwritten'))
      done.segments += gone.length
      done.bytes += gone.reduce((sum, s) => sum + s.bytes, 0)
      if (failed.size > 0) {
        log.warn({ failed: failed.size, reason: [...failed.values()][0] }, 'delete failed')
        return done
      }
    }
  }

  /** Footage that is older than it must be. */
  const markOld = (): number => {
    if (!clockTrusted()) return 0
    let count = 0
    for (const channelId of segments.channelIds()) {
      const days = requiredDays(channelId)
      if (days === 0) continue
      const old = deletions.olderThan(channelId, nowMs() - days * dayMs, batch)
      count += deletions.mark.immediate(old.map(s => s.segmentId))
    }
    return count
  }

  /** The oldest recordings, until the free space would be a tenth above the floor again. */
  const markForSpace = async (): Promise<{ marked: number; starved: boolean }> => {
    const { freeBytes, totalBytes } = await space()
    const floor = deps.floorBytes ?? floorOf(totalBytes)
    if (freeBytes >= floor) return { marked: 0, starved: false }
    let need = floor * 1.1 - freeBytes
    const chosen: string[] = []
    const oldest = deletions.inOrderOfRecording(batch)
    for (const segment of oldest) {
      if (need <= 0) break
      need -= segment.bytes
      chosen.push(segment.segmentId)
    }
    return { marked: deletions.mark.immediate(chosen), starved: oldest.length === 0 }
  }

  return {
    sweep: async (signal: AbortSignal): Promise<Swept> => {
      const swept: Swept = { segments: 0, bytes: 0, starved: false }
      const finish = async (): Promise<number> => {
        const { segments: count, bytes } = await finishMarked(signal)
        swept.segments += count
        swept.bytes += bytes
        return count
      }
      await finish()
      while (!signal.aborted && markOld() > 0) if ((await finish()) === 0) return swept
      while (!signal.aborted) {
        const { marked, starved } = await markForSpace()
        swept.starved = starved
        // No progress (the recorder refuses, or another reader of the disk fills it) ends the sweep; it comes again.
        if (marked === 0 || (await finish()) === 0) break
      }
      return swept
    }
  }
}
