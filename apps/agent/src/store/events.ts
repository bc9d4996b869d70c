import { type GapCause, GapCause as GapCauseShape, type JournalLine } from '@matthan/protocol/recording'
import type { Store } from '@matthan/sqlite/open'

/** Something that happened beside segments. A step of the clock has no channel and its size in `deltaMs`. */
export type RecordingEvent = {
  kind: 'runStarted' | 'runEnded' | 'clockStepped'
  channelId: string
  runId: string
  atMs: number
  cause: GapCause
  bootId: string
  deltaMs: number
}

export type Events = ReturnType<typeof eventRows>

type Row = {
  kind: RecordingEvent['kind']
  channel_id: string
  run_id: string
  at_ms: number
  cause: string
  detail: string
  boot_id: string
}

const fromRow = (row: Row): RecordingEvent => ({
  kind: row.kind,
  channelId: row.channel_id,
  runId: row.run_id,
  atMs: row.at_ms,
  cause: GapCauseShape.catch('unknown').parse(row.cause),
  bootId: row.boot_id,
  deltaMs: row.kind === 'clockStepped' ? Number(row.detail) || 0 : 0
})

/** A line of the journal that was passed over. `offset` in bytes. */
export type RefusedLine = { file: string; offset: number; reason: string; line: string }

const mostRefused = 1000

/** The tables `recording_event`, `journal_position` and `journal_refused`. */
export const eventRows = (store: Store) => {
  const insert = store.prepare(
    'insert into recording_event (channel_id, run_id, kind, at_ms, cause, detail, boot_id) values (?, ?, ?, ?, ?, ?, ?)'
  )
  const near = store.prepare<{ channelId: string; fromMs: number; toMs: number }, Row>(
    `select * from (select * from recording_event where channel_id = @channelId and at_ms < @fromMs
       order by at_ms desc, event_id desc limit 4)
     union all select * from recording_event where channel_id = @channelId and at_ms >= @fromMs and at_ms < @toMs
     union all select * from (select * from recording_event where channel_id = @channelId and at_ms >= @toMs
       order by at_ms, event_id limit 4)
     order by at_ms, event_id`
  )
  const first = store.prepare<[string], { ms: number | null }>(
    `select min(at_ms) ms from recording_event where channel_id = ? and kind = 'runStarted'`
  )
  const steps = store.prepare<[], Row>(
    `select * from recording_event where channel_id = '' and kind = 'clockStepped' order by event_id desc limit 100`
  )
  const position = store.prepare<[string], { bytes: number }>('select bytes from journal_position where file = ?')
  const setPosition = store.prepare('insert or replace into journal_position (file, bytes) values (?, ?)')

  const refuse = store.prepare(
    'insert into journal_refused (file, offset, reason, line) values (@file, @offset, @reason, @line)'
  )
  const forget = store.prepare(
    `delete from journal_refused where refused_id <= (select max(refused_id) from journal_refused) - ${mostRefused}`
  )
  const refused = store.prepare<[], RefusedLine>(
    'select file, offset, reason, line from journal_refused order by refused_id desc'
  )

  return {
    insert: (line: Exclude<JournalLine, { event: 'segment' }>): void => {
      if (line.event === 'clockStepped')
        insert.run('', '', line.event, line.atMs, 'clockStep', String(line.deltaMs), '')
      else
        insert.run(
          line.channelId,
          line.runId,
          line.event,
          line.atMs,
          line.cause,
          line.event === 'runEnded' ? line.detail : '',
          line.event === 'runStarted' ? line.bootId : ''
        )
    },
    /** Events of a channel within a range, and the nearest ones around it, by time. */
    around: (channelId: string, fromMs: number, toMs: number): RecordingEvent[] =>
      near.all({ channelId, fromMs, toMs }).map(fromRow),
    /** When this channel was recorded first (commissioning). */
    firstRunMs: (channelId: string): number | undefined => first.get(channelId)?.ms ?? undefined,
    /** Steps of the wall clock, newest first, at most 100. */
    clockSteps: (): RecordingEvent[] => steps.all().map(fromRow),
    refuse: (lines: readonly RefusedLine[]): void => {
      for (const line of lines) refuse.run(line)
      if (lines.length > 0) forget.run()
    },
    /** Newest first. */
    refused: (): RefusedLine[] => refused.all(),
    position: (file: string): number => position.get(file)?.bytes ?? 0,
    setPosition: (file: string, bytes: number): void => {
      setPosition.run(file, bytes)
    }
  }
}
