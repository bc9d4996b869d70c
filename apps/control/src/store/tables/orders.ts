import type { OrderState } from '@matthan/protocol/orders'
import { bigint, integer, orNull, table, text, word } from './table.ts'

/** Orders and the clips they serve: written by dispatch and clips. */
export const order = table(
  'order',
  'I5: one row and one terminal state for each order; a row before it is a message.',
  {
    order_id: text('UUIDv7.'),
    box_id: text('box.box_id it is for.'),
    seq: integer('Rises per box; only reveals a restored centre, never rejects.'),
    kind: text('protocol/orders orderKinds'),
    payload: text('The signed text, as sent.'),
    key_id: text('Command key that signed it.'),
    sig: text('ECDSA P-256, DER, base64url, over the UTF-8 bytes of payload.'),
    priority: integer('Higher is sent first.'),
    state: word<OrderState>('queued | delivered | accepted | running, then one terminal state for ever.'),
    clip_id: orNull(text('clip.clip_id it serves.')),
    requested_by: text('Who asked; stands in the payload too.'),
    reason: text('Why; stands in the payload too.'),
    created_ms: bigint('Clock of the centre.'),
    expires_ms: bigint('A box does not begin it after this.'),
    delivered_ms: orNull(bigint('When it was first handed to a connection. Not a proof that it arrived.')),
    ended_ms: orNull(bigint('When it got its terminal state, clock of the centre.')),
    output: orNull(text('What the box answered, JSON.')),
    error: orNull(text('Why it did not succeed, JSON (protocol/scalars WireError).'))
  },
  {
    key: ['order_id'],
    unique: [['box_id', 'seq']],
    indexes: [['box_id', 'state'], ['clip_id'], ['state', 'expires_ms']]
  }
)

export type ClipState =
  | 'requested'
  | 'waitingForBox'
  | 'holding'
  | 'uploading'
  | 'verifying'
  | 'packaging'
  | 'ready'
  | 'noFootage'
  | 'failed'
  | 'cancelled'

export const clip = table(
  'clip',
  'A request for footage of one viewpoint, from the wish to the package.',
  {
    clip_id: text('UUIDv7.'),
    evidence_id: text('Label for people: EV-<year>-<six digits>, unique; never a key or a path.'),
    viewpoint_id: text('viewpoint.viewpoint_id'),
    box_id: text('box.box_id that is asked.'),
    from_ms: bigint('Asked range, from.'),
    to_ms: bigint('Asked range, to; excluded.'),
    reason: text('Why, as the requester wrote it.'),
    requested_by: text('Who asked.'),
    requested_ms: bigint('Clock of the centre.'),
    hold_id: text('UUIDv7 of the hold that keeps the footage meanwhile.'),
    hold_order_id: text('order.order_id of placeHold.'),
    extract_order_id: text('order.order_id of extractFootage: the uploads come under it.'),
    state: word<ClipState>('See clips/states.'),
    state_ms: bigint('When it got this state, clock of the centre.'),
    complete: orNull(
      integer('1 when the whole asked range was delivered, 0 when there are gaps; from the verified statement.')
    ),
    error: orNull(text('Why it failed, JSON (protocol/scalars WireError).')),
    package_id: orNull(text('package.package_id'))
  },
  { key: ['clip_id'], unique: [['evidence_id']], indexes: [['state'], ['extract_order_id'], ['requested_ms']] }
)

export const snapshot = table(
  'snapshot',
  'One picture on request.',
  {
    snapshot_id: text('UUIDv7.'),
    viewpoint_id: text('viewpoint.viewpoint_id'),
    order_id: text('order.order_id of takeSnapshot.'),
    sha256: orNull(text('object.sha256 once it arrived.')),
    requested_ms: bigint('Clock of the centre.')
  },
  { key: ['snapshot_id'] }
)
