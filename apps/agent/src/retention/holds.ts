import { MatthanError } from '@matthan/base/error'
import type { Log } from '@matthan/base/log'
import type { Assignment, Viewpoint } from '@matthan/protocol/entities'
import type { Range } from '@matthan/protocol/scalars'
import type { Store } from '@matthan/sqlite/open'
import type { Footage } from '../footage/footage.ts'
import { clip } from '../footage/spans.ts'
import type { Spool } from '../spool/spool.ts'
import type { Holds } from '../store/holds.ts'
import type { Segment, Segments } from '../store/segments.ts'

export type HoldDeps = {
  store: Store
  segments: Segments
  rows: Holds
  footage: Footage
  spool: Spool
  viewpoint(viewpointId: string): Viewpoint | undefined
  assignmentsOf(viewpointId: string): readonly Assignment[]
  nowMs(): number
  log: Log
  /** Bytes that holds may keep together, so that they never stop recording in silence (I9). */
  quotaBytes(): Promise<number>
}

export type HoldRequest = {
  holdId: string
  viewpointId: string
  range: Range
  owner: string
  reason: string
  expiresMs: number
}
export type Placed = { segments: number; bytes: number; pendingMs: number }

export type HoldKeeper = ReturnType<typeof makeHolds>

/** Holds: footage that must not be overwritten, from the moment that the row is committed. */
export const makeHolds = (deps: HoldDeps) => {
  const { store, segments, rows, footage, spool, viewpoint, assignmentsOf, nowMs, log, quotaBytes } = deps

  const closedIn = (viewpointId: string, range: Range): Segment[] =>
    assignmentsOf(viewpointId).flatMap(({ channelId, fromMs, toMs }) => {
      const part = clip(range, { fromMs, toMs: toMs ?? Number.MAX_SAFE_INTEGER })
      return part ? segments.inRange(channelId, part) : []
    })

  const checkQuota = async (closed: readonly Segment[]): Promise<void> => {
    const quota = await quotaBytes()
    const more = closed.filter(s => !rows.isHeld(s.segmentId)).reduce((sum, s) => sum + s.bytes, 0)
    const wanted = rows.heldBytes() + more
    if (wanted > quota)
      throw new MatthanError('exhausted', 'agent.holdQuota', { wantedBytes: wanted, quotaBytes: quota })
  }

  const insert = store.transaction((request: HoldRequest, order: { orderId?: string }): void => {
    const { range, ...rest } = request
    const isNew = rows.place({ ...rest, fromMs: range.fromMs, toMs: range.toMs, placedMs: nowMs() })
    if (rows.get(request.holdId)?.releasedMs !== undefined) return
    // Read inside the transaction: a segment is marked for deletion wholly before it or never.
    for (const s of closedIn(request.viewpointId, range)) rows.addSegment(request.holdId, s.segmentId, s.bytes)
    if (isNew) spool.append('custody', { ...order, action: 'holdPlaced', details: { holdId: request.holdId } })
  })

  /** Asks the recorder for the links that are missing. Without them the row alone keeps retention away. */
  const link = async (holdId: string, signal?: AbortSignal): Promise<void> => {
    const missing = rows.unlinked(holdId)
    if (missing.length === 0) return
    const { linked, failed } = await footage.keep(holdId, missing, signal)
    rows.markLinked.immediate(holdId, linked)
    if (failed.length > 0) log.warn({ holdId, failed: failed.length, reason: failed[0]?.reason }, 'link failed')
  }

  const linkOrLater = (holdId: string, signal?: AbortSignal): Promise<void> =>
    link(holdId, signal).catch(error => {
      if (signal?.aborted) throw error
      log.warn({ holdId, err: error }, 'link waits for the recorder')
    })

  const outcome = (holdId: string, request: HoldRequest): Placed => {
    const members = rows.segments(holdId)
    const reached = assignmentsOf(request.viewpointId)
      .map(a => segments.newest(a.channelId)?.endMs ?? 0)
      .reduce((a, b) => Math.max(a, b), request.range.fromMs)
    return {
      segments: members.length,
      bytes: members.reduce((sum, s) => sum + s.bytes, 0),
      pendingMs: Math.max(0, request.range.toMs - reached)
    }
  }

  const finishRelease = async (holdId: string, signal?: AbortSignal): Promise<void> => {
    if (rows.segments(holdId).length > 0) await footage.letGo(holdId, signal)
    rows.dropSegments(holdId)
  }

  /** `by` = why, and the order that ends it; none ends a hold that expires or was placed at the box. */
  const release = async (
    holdId: string,
    by: { orderId?: string; reason: string },
    signal?: AbortSignal
  ): Promise<number> => {
    if (!rows.get(holdId)) throw new MatthanError('notFound', 'agent.noSuchHold', { holdId })
    const bytes = rows.bytesOnlyIn(holdId)
    store
      .transaction(() => {
        if (!rows.release(holdId, nowMs())) return
        const { reason, ...order } = by
        spool.append('custody', { ...order, action: 'holdReleased', details: { holdId, reason: reason.slice(0, 300) } })
      })
      .immediate()
    await finishRelease(holdId, signal)
    return bytes
  }

  return {
    /** Idempotent by `holdId`. @throws MatthanError notFound for a viewpoint not of this box, exhausted beyond the quota. */
    place: async (request: HoldRequest, orderId: string | undefined, signal?: AbortSignal): Promise<Placed> => {
      if (!viewpoint(request.viewpointId))
        throw new MatthanError('notFound', 'agent.noSuchViewpoint', { viewpointId: request.viewpointId })
      if (!rows.get(request.holdId)) await checkQuota(closedIn(request.viewpointId, request.range))
      insert.immediate(request, orderId === undefined ? {} : { orderId })
      await linkOrLater(request.holdId, signal)
      return outcome(request.holdId, request)
    },

    /** Answers the bytes that may be freed now. @throws MatthanError notFound. */
    release,

    isPlaced: (holdId: string): boolean => rows.get(holdId) !== undefined,

    /** In the journal's transaction: a segment that closes within a hold's range is held from its first moment. */
    inserted: (added: readonly Segment[]): void => {
      for (const hold of rows.active())
        for (const { channelId, fromMs, toMs } of assignmentsOf(hold.viewpointId)) {
          const part = clip({ fromMs: hold.fromMs, toMs: hold.toMs }, { fromMs, toMs: toMs ?? Number.MAX_SAFE_INTEGER })
          if (!part) continue
          for (const s of added)
            if (s.channelId === channelId && s.endMs > part.fromMs && s.startMs < part.toMs)
              rows.addSegment(hold.holdId, s.segmentId, s.bytes)
        }
    },

    /** After new segments, at start and each minute: links that are missing, releases that a crash cut short. */
    settle: async (signal: AbortSignal): Promise<void> => {
      for (const hold of rows.active()) await linkOrLater(hold.holdId, signal)
      for (const holdId of rows.unfinishedReleases()) await finishRelease(holdId, signal)
    },

    /** Ends the holds that have expired; only with a clock that is trusted. Answers their ids. */
    expire: async (signal: AbortSignal): Promise<string[]> => {
      const expired = rows.active().filter(hold => hold.expiresMs <= nowMs())
      for (const { holdId } of expired) await release(holdId, { reason: 'expired' }, signal)
      return expired.map(hold => hold.holdId)
    },

    /** A hold in whose folder this segment has a durable link. */
    linkOf: rows.holdOf,
    heldBytes: rows.heldBytes
  }
}
