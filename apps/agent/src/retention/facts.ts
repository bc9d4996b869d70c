import { nextTurn } from '@matthan/base/clock'
import type { Assignment, Viewpoint } from '@matthan/protocol/entities'
import type { Retention } from '@matthan/protocol/facts'
import { clip } from '../footage/spans.ts'
import type { DiskSpace } from '../health/disk.ts'
import type { Deletions } from '../store/deletions.ts'
import type { Events } from '../store/events.ts'
import type { Holds } from '../store/holds.ts'
import type { ChannelSums, Segments } from '../store/segments.ts'

export type RetentionDeps = {
  segments: Segments
  events: Events
  deletions: Deletions
  holds: Holds
  viewpoints(): readonly Viewpoint[]
  /** All of a viewpoint, ended ones too: its footage goes on when a camera is replaced. */
  assignmentsOf(viewpointId: string): readonly Assignment[]
  space(): Promise<DiskSpace>
  nowMs(): number
}

const hourMs = 3600_000
const dayMs = 24 * hourMs
/** The rate is measured over this. */
const rateMs = dayMs

type ViewpointRetention = Retention['viewpoints'][number]

/** Retention truth from the table alone, never from a walk of the folder. One entry a viewpoint that is recorded now. */
export const makeRetention = (deps: RetentionDeps) => {
  const { segments, events, deletions, holds, viewpoints, assignmentsOf, space, nowMs } = deps

  const ofViewpoint = (viewpoint: Viewpoint): ViewpointRetention | undefined => {
    const now = nowMs()
    const assignments = assignmentsOf(viewpoint.viewpointId)
    const current = assignments.findLast(a => a.toMs === undefined) ?? assignments.at(-1)
    if (!current) return undefined
    const channelIds = [...new Set(assignments.map(a => a.channelId))]
    const begun = assignments
      .map(a => Math.max(a.fromMs, events.firstRunMs(a.channelId) ?? Number.POSITIVE_INFINITY))
      .reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    const sinceMs = Number.isFinite(begun) ? Math.max(0, now - begun) : 0
    const requiredMs = Math.min(viewpoint.requiredDays * dayMs, sinceMs)
    const span = { fromMs: now - requiredMs, toMs: now }
    const sums = new Map<string, ChannelSums>()
    let coveredMs = 0
    for (const { channelId, fromMs, toMs } of assignments) {
      // An empty part still tells the channel's bytes.
      const part = clip(span, { fromMs, toMs: toMs ?? now }) ?? { fromMs: now, toMs: now }
      const found = segments.sums(channelId, part, now - rateMs)
      sums.set(channelId, found)
      coveredMs += found.coveredMs
    }
    const total = (of: (s: ChannelSums) => number): number => [...sums.values()].reduce((sum, s) => sum + of(s), 0)
    const measuredMs = Math.min(rateMs, sinceMs)
    const oldest = channelIds.map(id => deletions.oldestFreeableMs(id)).filter(ms => ms !== undefined)
    const newest = [...sums.values()].map(s => s.newestMs).filter(ms => ms !== undefined)
    return {
      viewpointId: viewpoint.viewpointId,
      channelId: current.channelId,
      requiredDays: viewpoint.requiredDays,
      ...(oldest.length > 0 ? { oldestMs: Math.min(...oldest) } : {}),
      ...(newest.length > 0 ? { newestMs: Math.max(...newest) } : {}),
      coveredHours: Math.min(coveredMs, requiredMs) / hourMs,
      requiredHours: requiredMs / hourMs,
      // Below a minute of footage there is no rate yet.
      bytesPerDay: measuredMs >= 60_000 ? (total(s => s.recentBytes) / measuredMs) * dayMs : 0,
      footageBytes: total(s => s.bytes),
      heldBytes: channelIds.reduce((sum, id) => sum + holds.heldBytesOf(id), 0)
    }
  }

  return {
    now: async (): Promise<Retention> => {
      const entries: ViewpointRetention[] = []
      for (const viewpoint of viewpoints()) {
        const entry = ofViewpoint(viewpoint)
        if (entry) entries.push(entry)
        // Each is milliseconds over a long table: let what waits on the loop pass in between.
        await nextTurn()
      }
      const { diskId, totalBytes, freeBytes, readOnly } = await space()
      const perDay = entries.reduce((sum, e) => sum + e.bytesPerDay, 0)
      return {
        viewpoints: entries,
        disks: [
          { diskId, totalBytes, freeBytes, readOnly, ...(perDay > 0 ? { daysUntilFull: freeBytes / perDay } : {}) }
        ]
      }
    }
  }
}

/** Footage within the required span that is missing beyond this share is a shortfall. */
export const isShort = (entry: ViewpointRetention): boolean =>
  entry.requiredHours > 1 && entry.coveredHours < entry.requiredHours * 0.98
