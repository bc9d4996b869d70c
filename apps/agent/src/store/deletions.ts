import type { Store } from '@matthan/sqlite/open'

/** A segment that may be deleted: no hold keeps it. */
export type Freeable = { segmentId: string; channelId: string; bytes: number; startMs: number; endMs: number }

export type Deletions = ReturnType<typeof deletionRows>

/** Under an unreleased hold, or in the range of one for a channel that showed its viewpoint then (I9). */
const held = `exists (
    select 1 from hold_segment hs join hold h on h.hold_id = hs.hold_id
     where hs.segment_id = segment.segment_id and h.released_ms is null)
  or exists (
    select 1 from hold h join assignment a on a.viewpoint_id = h.viewpoint_id
     where h.released_ms is null and a.channel_id = segment.channel_id
       and segment.start_ms < h.to_ms and segment.end_ms > h.from_ms
       and segment.start_ms < coalesce(a.to_ms, segment.end_ms + 1) and segment.end_ms > a.from_ms)`

const columns = 'segment_id segmentId, channel_id channelId, bytes, start_ms startMs, end_ms endMs'

/** What retention may take, and in which order. */
export const deletionRows = (store: Store) => {
  const older = store.prepare<[string, number, number], Freeable>(
    `select ${columns} from segment
      where channel_id = ? and end_ms < ? and deleting = 0 and not (${held}) order by end_ms limit ?`
  )
  const oldest = store.prepare<[number], Freeable>(
    `select ${columns} from segment where deleting = 0 and not (${held}) order by row_id limit ?`
  )
  const stillFree = store.prepare<[string], { n: number }>(
    `select count(*) n from segment where segment_id = ? and deleting = 0 and not (${held})`
  )
  const oldestFreeable = store.prepare<[string], { ms: number | null }>(
    `select start_ms ms from segment where channel_id = ? and deleting = 0 and not (${held}) order by start_ms limit 1`
  )
  const mark = store.prepare('update segment set deleting = 1 where segment_id = ?')

  return {
    /** Segments of a channel that ended before `beforeMs`, oldest first. */
    olderThan: (channelId: string, beforeMs: number, most: number): Freeable[] => older.all(channelId, beforeMs, most),
    /** In order of recording over all channels, whatever the clock said. */
    inOrderOfRecording: (most: number): Freeable[] => oldest.all(most),
    oldestFreeableMs: (channelId: string): number | undefined => oldestFreeable.get(channelId)?.ms ?? undefined,
    /** Marks those that no hold has taken meanwhile; one transaction, so that a hold comes wholly before or after. */
    mark: store.transaction((segmentIds: readonly string[]): number => {
      let done = 0
      for (const id of segmentIds) {
        if (stillFree.get(id)?.n !== 1) continue
        mark.run(id)
        done++
      }
      return done
    })
  }
}
