import type { SegmentClosed } from '@matthan/protocol/recording'
import type { Range } from '@matthan/protocol/scalars'
import type { Store } from '@matthan/sqlite/open'

/** A closed segment on disk (I1), as the recorder's journal told it. */
export type Segment = Omit<SegmentClosed, 'event' | 'fragments'>

/** Sums over one channel's footage; all of it, and what lies within the asked span. */
export type ChannelSums = {
  segments: number
  bytes: number
  oldestMs: number | undefined
  newestMs: number | undefined
  /** Milliseconds of footage within the span, overlaps of a stepped clock counted twice. */
  coveredMs: number
  /** Bytes that began within the last `rateMs`. */
  recentBytes: number
}

/** A range of a channel in which footage is no more. */
export type Gone = Range & { channelId: string; cause: 'overwritten' | 'unknown' }

export type Segments = ReturnType<typeof segmentRows>

type Row = {
  segment_id: string
  channel_id: string
  run_id: string
  idx: number
  path: string
  bytes: number
  sha256: string
  media_start_ms: number
  media_end_ms: number
  anchors: string
  start_ms: number
  end_ms: number
  synchronised: number
  boot_id: string
  video_codec: string
  audio_codec: string
  torn: number
}

const columns = `segment_id, channel_id, run_id, idx, path, bytes, sha256, media_start_ms, media_end_ms, anchors,
  start_ms, end_ms, synchronised, boot_id, video_codec, audio_codec, torn`

const fromRow = (row: Row): Segment => ({
  segmentId: row.segment_id,
  channelId: row.channel_id,
  runId: row.run_id,
  index: row.idx,
  path: row.path,
  bytes: row.bytes,
  sha256: row.sha256,
  mediaStartMs: row.media_start_ms,
  mediaEndMs: row.media_end_ms,
  anchors: JSON.parse(row.anchors),
  startMs: row.start_ms,
  endMs: row.end_ms,
  synchronised: row.synchronised === 1,
  bootId: row.boot_id,
  videoCodec: row.video_codec,
  ...(row.audio_codec ? { audioCodec: row.audio_codec } : {}),
  torn: row.torn === 1
})

const overwrittenKey = (channelId: string): string => `overwrittenUntil.${channelId}`

/** The table `segment`. A row that is marked `deleting` is no footage any more and is never returned but by `marked`. */
export const segmentRows = (store: Store) => {
  const insert = store.prepare(`insert or ignore into segment (${columns}) values (
    @segmentId, @channelId, @runId, @index, @path, @bytes, @sha256, @mediaStartMs, @mediaEndMs, @anchors,
    @startMs, @endMs, @synchronised, @bootId, @videoCodec, @audioCodec, @torn)`)
  const one = store.prepare<[string], Row>(`select ${columns} from segment where segment_id = ? and deleting = 0`)
  // `+start_ms`: asked ranges are mostly recent, so the index on end_ms leaves the fewest rows to look at.
  const overlapping = store.prepare<[string, number, number], Row>(
    `select ${columns} from segment where channel_id = ? and end_ms > ? and +start_ms < ? and deleting = 0 order by row_id`
  )
  const newest = store.prepare<[string], Row>(
    `select ${columns} from segment where channel_id = ? and deleting = 0 order by end_ms desc limit 1`
  )
  const since = store.prepare<[string, number], { last: number | null; from_ms: number | null; to_ms: number | null }>(
    `select max(row_id) last, min(start_ms) from_ms, max(end_ms) to_ms from segment
      where +channel_id = ? and row_id > ? and deleting = 0`
  )
  const sums = store.prepare<
    { channelId: string; fromMs: number; toMs: number; rateFromMs: number },
    {
      segments: number
      bytes: number | null
      oldest: number | null
      newest: number | null
      covered: number | null
      recent: number | null
    }
  >(`select count(*) segments, sum(bytes) bytes, min(start_ms) oldest, max(end_ms) newest,
      sum(max(0, min(end_ms, @toMs) - max(start_ms, @fromMs))) covered,
      sum(iif(start_ms >= @rateFromMs, bytes, 0)) recent
    from segment where channel_id = @channelId and deleting = 0`)
  const channels = store.prepare<[], { channel_id: string }>(
    // A loose walk over the index: one probe a channel instead of all rows.
    `with recursive c (channel_id) as (
       select min(channel_id) from segment
       union all select (select min(s.channel_id) from segment s where s.channel_id > c.channel_id) from c
        where c.channel_id is not null)
     select channel_id from c where channel_id is not null`
  )
  const mark = store.prepare('update segment set deleting = 1 where segment_id = ?')
  const marked = store.prepare<[number], Row>(
    `select ${columns} from segment where deleting = 1 order by row_id limit ?`
  )
  const remove = store.prepare('delete from segment where segment_id = ?')
  const overwritten = store.prepare<[string], { value: string }>('select value from meta where key = ?')
  const setOverwritten = store.prepare('insert or replace into meta (key, value) values (?, ?)')
  const gone = store.prepare(
    'insert into footage_gone (channel_id, from_ms, to_ms, cause) values (@channelId, @fromMs, @toMs, @cause)'
  )
  const page = store.prepare<[number, number], Row & { row_id: number }>(
    `select row_id, ${columns} from segment where row_id > ? and deleting = 0 order by row_id limit ?`
  )

  const overwrittenUntil = (channelId: string): number => Number(overwritten.get(overwrittenKey(channelId))?.value ?? 0)

  return {
    /** True when the row is new; a segment that is there already, under any of its unique names, stays as it is. */
    insert: (segment: Segment): boolean =>
      insert.run({
        ...segment,
        anchors: JSON.stringify(segment.anchors),
        synchronised: segment.synchronised ? 1 : 0,
        audioCodec: segment.audioCodec ?? '',
        torn: segment.torn ? 1 : 0
      }).changes === 1,

    get: (segmentId: string): Segment | undefined => {
      const row = one.get(segmentId)
      return row && fromRow(row)
    },

    /** Segments of a channel whose envelope overlaps [fromMs, toMs), in order of recording. */
    inRange: (channelId: string, range: Range): Segment[] =>
      overlapping.all(channelId, range.fromMs, range.toMs).map(fromRow),

    newest: (channelId: string): Segment | undefined => {
      const row = newest.get(channelId)
      return row && fromRow(row)
    },

    /** What was added after the row `after`: the newest row and the envelope of all. */
    addedAfter: (channelId: string, after: number): { last: number; fromMs: number; toMs: number } | undefined => {
      const row = since.get(channelId, after)
      return row?.last == null ? undefined : { last: row.last, fromMs: row.from_ms ?? 0, toMs: row.to_ms ?? 0 }
    },

    sums: (channelId: string, span: Range, rateFromMs: number): ChannelSums => {
      const row = sums.get({ channelId, fromMs: span.fromMs, toMs: span.toMs, rateFromMs })
      return {
        segments: row?.segments ?? 0,
        bytes: row?.bytes ?? 0,
        oldestMs: row?.oldest ?? undefined,
        newestMs: row?.newest ?? undefined,
        coveredMs: row?.covered ?? 0,
        recentBytes: row?.recent ?? 0
      }
    },

    channelIds: (): string[] => channels.all().map(row => row.channel_id),

    /** Step one of a deletion (I1): from here on it is no footage. */
    mark: (segmentId: string): void => {
      mark.run(segmentId)
    },

    /** Deletions that were begun, oldest first; after a crash too. */
    marked: (most: number): Segment[] => marked.all(most).map(fromRow),

    /** Last step of a deletion: the file is unlinked and its folder fsynced, so the row goes; `spans` is what it covered. */
    removeDeleted: store.transaction((segments: readonly Segment[], spans: readonly Gone[]): void => {
      for (const span of spans) gone.run(span)
      for (const segment of segments) {
        remove.run(segment.segmentId)
        if (segment.endMs > overwrittenUntil(segment.channelId))
          setOverwritten.run(overwrittenKey(segment.channelId), String(segment.endMs))
      }
    }),

    /** A row whose file is gone or is not what the row says; not a deletion of ours. */
    removeLost: store.transaction((segmentId: string, spans: readonly Gone[]): void => {
      for (const span of spans) gone.run(span)
      remove.run(segmentId)
    }),

    /** Newest instant of a channel's footage that retention has taken; 0 = none yet. */
    overwrittenUntil,

    /** Rows in order of recording, by pages: for the comparison with the disk. */
    page: (afterRow: number, most: number): { row: number; segment: Segment }[] =>
      page.all(afterRow, most).map(row => ({ row: row.row_id, segment: fromRow(row) }))
  }
}
