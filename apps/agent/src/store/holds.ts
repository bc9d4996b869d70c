import type { Store } from '@matthan/sqlite/open'

/** Footage of a viewpoint that must not be overwritten. Instants in ms UTC of the box's clock. */
export type Hold = {
  holdId: string
  viewpointId: string
  fromMs: number
  toMs: number
  owner: string
  reason: string
  placedMs: number
  expiresMs: number
  releasedMs: number | undefined
}

export type Holds = ReturnType<typeof holdRows>

type Row = Omit<Hold, 'releasedMs'> & { releasedMs: number | null }
const columns = `hold_id holdId, viewpoint_id viewpointId, from_ms fromMs, to_ms toMs, owner, reason, placed_ms placedMs,
  expires_ms expiresMs, released_ms releasedMs`
const fromRow = (row: Row): Hold => ({ ...row, releasedMs: row.releasedMs ?? undefined })

/** The tables `hold` and `hold_segment`. */
export const holdRows = (store: Store) => {
  const insert = store.prepare(`insert or ignore into hold
    (hold_id, viewpoint_id, from_ms, to_ms, owner, reason, placed_ms, expires_ms)
    values (@holdId, @viewpointId, @fromMs, @toMs, @owner, @reason, @placedMs, @expiresMs)`)
  const one = store.prepare<[string], Row>(`select ${columns} from hold where hold_id = ?`)
  const active = store.prepare<[], Row>(`select ${columns} from hold where released_ms is null order by placed_ms`)
  const release = store.prepare('update hold set released_ms = ? where hold_id = ? and released_ms is null')
  const add = store.prepare('insert or ignore into hold_segment (hold_id, segment_id, bytes) values (?, ?, ?)')
  const linked = store.prepare('update hold_segment set linked = 1 where hold_id = ? and segment_id = ?')
  const unlinked = store.prepare<[string], { segmentId: string; path: string }>(
    `select hs.segment_id segmentId, s.path from hold_segment hs join segment s on s.segment_id = hs.segment_id
      where hs.hold_id = ? and hs.linked = 0 and s.deleting = 0`
  )
  const members = store.prepare<[string], { segmentId: string; bytes: number; linked: number }>(
    'select segment_id segmentId, bytes, linked from hold_segment where hold_id = ?'
  )
  const sum = store.prepare<[], { bytes: number | null }>(
    `select sum(bytes) bytes from (select distinct hs.segment_id, hs.bytes from hold_segment hs
       join hold h on h.hold_id = hs.hold_id where h.released_ms is null)`
  )
  const channelSum = store.prepare<[string], { bytes: number | null }>(
    `select sum(bytes) bytes from (select distinct hs.segment_id, hs.bytes from hold_segment hs
       join hold h on h.hold_id = hs.hold_id join segment s on s.segment_id = hs.segment_id
      where h.released_ms is null and s.channel_id = ?)`
  )
  const only = store.prepare<{ holdId: string }, { bytes: number | null }>(
    `select sum(bytes) bytes from hold_segment hs where hs.hold_id = @holdId and not exists (
       select 1 from hold_segment o join hold h on h.hold_id = o.hold_id
        where o.segment_id = hs.segment_id and o.hold_id <> @holdId and h.released_ms is null)`
  )
  const drop = store.prepare('delete from hold_segment where hold_id = ?')
  const linkedIn = store.prepare<[string], { holdId: string }>(
    `select h.hold_id holdId from hold_segment hs join hold h on h.hold_id = hs.hold_id
      where hs.segment_id = ? and hs.linked = 1 and h.released_ms is null limit 1`
  )
  const held = store.prepare<[string], { n: number }>(
    `select count(*) n from hold_segment hs join hold h on h.hold_id = hs.hold_id
      where hs.segment_id = ? and h.released_ms is null`
  )
  const unfinished = store.prepare<[], { holdId: string }>(
    `select distinct hs.hold_id holdId from hold_segment hs join hold h on h.hold_id = hs.hold_id
      where h.released_ms is not null`
  )

  return {
    /** True when the hold is new; a hold id that is known keeps what it said first. */
    place: (hold: Omit<Hold, 'releasedMs'>): boolean => insert.run(hold).changes === 1,
    get: (holdId: string): Hold | undefined => {
      const row = one.get(holdId)
      return row && fromRow(row)
    },
    active: (): Hold[] => active.all().map(fromRow),
    release: (holdId: string, atMs: number): boolean => release.run(atMs, holdId).changes === 1,
    addSegment: (holdId: string, segmentId: string, bytes: number): boolean =>
      add.run(holdId, segmentId, bytes).changes === 1,
    markLinked: store.transaction((holdId: string, segmentIds: readonly string[]): void => {
      for (const id of segmentIds) linked.run(holdId, id)
    }),
    /** Segments of the hold whose link is not durable yet. */
    unlinked: (holdId: string): { segmentId: string; path: string }[] => unlinked.all(holdId),
    segments: (holdId: string): { segmentId: string; bytes: number; linked: boolean }[] =>
      members.all(holdId).map(row => ({ ...row, linked: row.linked === 1 })),
    /** Bytes under hold, each segment once. */
    heldBytes: (): number => sum.get()?.bytes ?? 0,
    heldBytesOf: (channelId: string): number => channelSum.get(channelId)?.bytes ?? 0,
    /** Bytes that only this hold keeps. */
    bytesOnlyIn: (holdId: string): number => only.get({ holdId })?.bytes ?? 0,
    isHeld: (segmentId: string): boolean => held.get(segmentId)?.n !== 0,
    /** A hold in whose folder this segment has a durable link. */
    holdOf: (segmentId: string): string | undefined => linkedIn.get(segmentId)?.holdId,
    /** The links are gone. */
    dropSegments: (holdId: string): void => {
      drop.run(holdId)
    },
    /** Released, but the links were not taken away yet (a crash in between). */
    unfinishedReleases: (): string[] => unfinished.all().map(row => row.holdId)
  }
}
