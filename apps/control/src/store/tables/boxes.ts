import { bigint, integer, orNull, table, text, word } from './table.ts'

/** Boxes, their certificates and codes: written by identity, and by ingest as they speak. */
export const box = table(
  'box',
  'One installation of the agent. Never deleted: evidence refers to it.',
  {
    box_id: text('UUIDv7, made with the enrolment code; stands in every certificate of the box (I7).'),
    name: text('What people call it, NFC; unique among boxes that are not revoked. A label, never a key.'),
    unit_label: text('Ward or unit as text for people; may be empty. Units change, boxes stay.'),
    state: word<'expected' | 'enrolled' | 'revoked'>(
      'expected: a code was made; enrolled: it holds certificates; revoked: it gets no connection, for ever.'
    ),
    created_ms: bigint('When the code was made, clock of the centre.'),
    enrolled_ms: orNull(bigint('When the code was redeemed.')),
    revoked_ms: orNull(bigint('When an administrator revoked it.')),
    revoked_reason: orNull(text('Why, in the words of whoever revoked it.')),
    fingerprint: orNull(text('What hardware said it was at enrolment, so that a clone is seen.')),
    host_name: orNull(text('As stated at enrolment; not trusted.')),
    online: integer('1 while the broker has a connection; 0 is written at every start of the centre.'),
    last_seen_ms: orNull(bigint('Last sign of life, clock of the centre: connection, heartbeat or record.')),
    last_order_seq: integer('Largest order seq given to this box; also raised by a hello that knows more.'),
    agent_version: orNull(text('From the last hello.')),
    hello: orNull(text('The last hello, JSON (protocol/envelope Hello).')),
    heartbeat: orNull(text('The last heartbeat, JSON (protocol/envelope Heartbeat); the rest is not kept.')),
    heartbeat_ms: orNull(bigint('When it came, clock of the centre.')),
    inventory: orNull(text('The last inventory, JSON (protocol/facts Inventory).')),
    inventory_ms: orNull(bigint('When the box made it, clock of the box.'))
  },
  { key: ['box_id'] }
)

export const boxCertificate = table(
  'box_certificate',
  'Every certificate ever issued to a box. A statement certificate stays readable for as long as evidence does.',
  {
    serial: text('Serial number, lower-case hex; unique under our issuing certificate.'),
    box_id: text('box.box_id'),
    kind: word<'tls' | 'statement' | 'log'>('What its key is for (0-decisions, Keys).'),
    pem: text('The certificate, PEM.'),
    sha256: text('SHA-256 of its DER, lower-case hex.'),
    not_before_ms: bigint('Validity, from.'),
    not_after_ms: bigint('Validity, until.'),
    issued_ms: bigint('When it was issued, clock of the centre.'),
    revoked_ms: orNull(bigint('When it was revoked; null while it stands.')),
    recovered: integer('1 when it was issued by /recover to a box whose certificate had expired.')
  },
  { key: ['serial'], indexes: [['box_id', 'kind']] }
)

export const enrolCode = table(
  'enrol_code',
  'Single-use codes by which a box joins. The code itself is never stored.',
  {
    code_hash: text('SHA-256 of the secret half of the code, lower-case hex.'),
    box_id: text('box.box_id that it makes.'),
    made_ms: bigint('When it was made, clock of the centre.'),
    expires_ms: bigint('After this it is no longer taken.'),
    tries: integer('Wrong tries counted against it; five end it.'),
    used_ms: orNull(bigint('When it was redeemed; the first redeem wins, for ever.'))
  },
  { key: ['code_hash'], indexes: [['box_id']] }
)
