import { bigint, integer, orNull, table, text } from './table.ts'

/** What the boxes say they have: written by ingest of `inventory`. Ids are the boxes', names are for people. */
export const recorder = table(
  'recorder',
  'What writes footage on a box.',
  {
    recorder_id: text('UUID, made on the box.'),
    box_id: text('box.box_id that stated it last.'),
    kind: text('protocol/entities Recorder.kind'),
    name: text('For people.')
  },
  { key: ['recorder_id'], indexes: [['box_id']] }
)

export const channel = table(
  'channel',
  'One stream of a recorder.',
  {
    channel_id: text('UUID, made on the box.'),
    box_id: text('box.box_id that stated it last.'),
    recorder_id: text('recorder.recorder_id'),
    name: text('For people.'),
    gone_ms: orNull(bigint('When an inventory came that no longer named it; null while it is there.')),
    detail: text('The whole statement, JSON (protocol/entities Channel): make, model, codec, size.')
  },
  { key: ['channel_id'], indexes: [['box_id']] }
)

export const viewpoint = table(
  'viewpoint',
  'What people mean by "the camera at the market". Outlives cameras, recorders and boxes.',
  {
    viewpoint_id: text('UUID, made on the first box that had it.'),
    box_id: text('box.box_id that holds its newest footage.'),
    name: text('For people, NFC.'),
    place: text('Where it looks; may be empty.'),
    required_days: integer('Days of footage that must exist; 0 = none agreed.'),
    gone_ms: orNull(bigint('When an inventory came that no longer named it; null while it is there.'))
  },
  { key: ['viewpoint_id'], indexes: [['box_id']] }
)

export const assignment = table(
  'assignment',
  'From from_ms (until to_ms) this channel shows this viewpoint. Ended ones stay: evidence of the past needs them.',
  {
    assignment_id: text('UUID, made on the box.'),
    box_id: text('box.box_id that stated it.'),
    channel_id: text('channel.channel_id'),
    viewpoint_id: text('viewpoint.viewpoint_id'),
    from_ms: bigint('Clock of the box.'),
    to_ms: orNull(bigint('Clock of the box; null while it lasts.'))
  },
  { key: ['assignment_id'], indexes: [['viewpoint_id']] }
)
