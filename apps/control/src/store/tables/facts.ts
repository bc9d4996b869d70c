import { bigint, integer, orNull, table, text, word } from './table.ts'

/** Where each lane of each box stands, and what the boxes told: written by ingest, one transaction a batch. */
export const lane = table(
  'lane',
  'I3: what was taken of (box, lane, epoch). Everything up to last_seq is taken, except what lost_knowledge names.',
  {
    box_id: text('box.box_id, from the certificate.'),
    lane: text('urgent | routine'),
    epoch: text('Random id that the box made with its spool.'),
    last_seq: integer('Largest seq taken; what is acknowledged (I2).'),
    updated_ms: bigint('Clock of the centre.')
  },
  { key: ['box_id', 'lane', 'epoch'] }
)

export const lostKnowledge = table(
  'lost_knowledge',
  'Holes: records that never came, because the box merged them away or the centre was restored. A late record that\nfalls into a hole is taken and the hole shrinks.',
  {
    box_id: text('box.box_id'),
    lane: text('lane.lane'),
    epoch: text('lane.epoch'),
    from_seq: integer('First missing seq.'),
    to_seq: integer('Last missing seq.'),
    seen_ms: bigint('When the hole was seen, clock of the centre.')
  },
  { key: ['box_id', 'lane', 'epoch', 'from_seq'] }
)

export const quarantine = table(
  'quarantine',
  'I4: what could not be taken, with the reason; the newest thousand of a box.',
  {
    quarantine_id: text('UUIDv7.'),
    box_id: text('box.box_id'),
    lane: orNull(text('lane.lane; null when the message itself could not be read.')),
    epoch: orNull(text('lane.epoch')),
    seq: orNull(integer('Of the record.')),
    kind: text('Kind of the record, or the MQTT channel.'),
    body: text('As it came, cut at 16 KiB.'),
    reason: text('English, for technicians.'),
    at_ms: bigint('Clock of the centre.')
  },
  { key: ['quarantine_id'], indexes: [['box_id', 'quarantine_id']] }
)

export const condition = table(
  'condition',
  'Health as intervals (protocol/health). Open while cleared_ms is null.',
  {
    box_id: text('box.box_id'),
    code: text('protocol/health conditions.'),
    subject_id: text('Channel, disk or hold; the box itself for a condition of the box.'),
    since_ms: bigint('When the cause began, clock of who saw it.'),
    told_ms: bigint('When the centre learnt of it, clock of the centre.'),
    cleared_ms: orNull(bigint('When it ended, clock of who saw it; null while it lasts.')),
    seen_by: word<'box' | 'centre'>('Who saw it.'),
    details: text('Parameters of the sentence, JSON.')
  },
  { key: ['box_id', 'code', 'subject_id', 'since_ms'], indexes: [['cleared_ms']] }
)

export const coverage = table(
  'coverage',
  'What was recorded and what was not: intervals that do not overlap, merged where they adjoin.',
  {
    box_id: text('box.box_id that holds the footage.'),
    viewpoint_id: text('viewpoint.viewpoint_id'),
    channel_id: text('channel.channel_id'),
    from_ms: bigint('Clock of the box.'),
    to_ms: bigint('Clock of the box; excluded.'),
    cause: orNull(text('null: recorded. Else why not (protocol/recording GapCause).'))
  },
  { key: ['box_id', 'viewpoint_id', 'channel_id', 'from_ms'] }
)

export const retention = table(
  'retention',
  'Retention truth of a viewpoint on a channel; the newest only.',
  {
    box_id: text('box.box_id'),
    viewpoint_id: text('viewpoint.viewpoint_id'),
    channel_id: text('channel.channel_id'),
    stated_ms: bigint('Clock of the box.'),
    oldest_ms: orNull(bigint('Oldest footage that no hold keeps.')),
    newest_ms: orNull(bigint('Newest footage.')),
    detail: text('The whole statement, JSON (protocol/facts Retention.viewpoints).')
  },
  { key: ['box_id', 'viewpoint_id', 'channel_id'] }
)

export const disk = table(
  'disk',
  'A disk of a box; the newest statement only.',
  {
    box_id: text('box.box_id'),
    disk_id: text('UUID, made on the box.'),
    stated_ms: bigint('Clock of the box.'),
    total_bytes: bigint('Bytes.'),
    free_bytes: bigint('Bytes.'),
    read_only: integer('1 when the file system is mounted read-only.'),
    detail: text('The whole statement, JSON (protocol/facts Retention.disks).')
  },
  { key: ['box_id', 'disk_id'] }
)

export const clockCheck = table(
  'clock_check',
  'Comparisons of clocks (I8); all are kept, a court may ask.',
  {
    box_id: text('box.box_id'),
    epoch: text('lane.epoch of the record.'),
    seq: integer('Of the record.'),
    at_ms: bigint('When the box made it, clock of the box.'),
    channel_id: orNull(text('The camera that was compared; null = the box itself.')),
    offset_ms: text('Subject - reference in milliseconds, + = the subject is fast; decimal text.'),
    detail: text('The whole statement, JSON (protocol/facts ClockCheck).')
  },
  { key: ['box_id', 'epoch', 'seq'], indexes: [['box_id', 'at_ms']] }
)

export const custody = table(
  'custody',
  'What the boxes did with footage under a request, as they told it. Only grows.',
  {
    box_id: text('box.box_id'),
    epoch: text('lane.epoch of the record.'),
    seq: integer('Of the record.'),
    at_ms: bigint('When it happened, clock of the box.'),
    synchronised: integer('1 when that clock was synchronised.'),
    order_id: orNull(text('order.order_id; null where no order did it (a hold that expired).')),
    clip_id: orNull(text('clip.clip_id')),
    action: text('protocol/facts Custody.action'),
    details: text('JSON.')
  },
  { key: ['box_id', 'epoch', 'seq'], indexes: [['clip_id'], ['order_id']] }
)
