import { bigint, integer, orNull, table, text, word } from './table.ts'

/** Bytes on their way in, what was admitted, what was packed: written by the vault. */
export const upload = table(
  'upload',
  'One tus upload, of one file of one order.',
  {
    upload_id: text('UUIDv7, made by the centre; names the temporary file.'),
    order_id: text('order.order_id it belongs to.'),
    box_id: text('box.box_id that may write it, from the certificate.'),
    name: text('File name within the order, as the statement has it.'),
    length: bigint('Exact length in bytes, said at creation.'),
    state: word<'open' | 'admitted' | 'refused'>(
      'open: coming, or whole and not yet judged (how much is there, the file says); admitted: is an object; refused:\nits bytes were not what they had to be and are gone.'
    ),
    sha256: orNull(text('Digest of all bytes, once admitted.')),
    error: orNull(text('Why it was refused, JSON (protocol/scalars WireError).')),
    created_ms: bigint('Clock of the centre.'),
    updated_ms: bigint('Clock of the centre.')
  },
  {
    key: ['upload_id'],
    indexes: [
      ['order_id', 'name'],
      ['box_id', 'state']
    ]
  }
)

export const object = table(
  'object',
  'I6: admitted bytes, named by their digest, never changed.',
  {
    sha256: text('Lower-case hex; also its place in the vault.'),
    bytes: bigint('Length.'),
    admitted_ms: bigint('Clock of the centre; after re-hash and the check of the signed statement.'),
    gone_ms: orNull(bigint('Tombstone: when it was deleted, with lawful reason.'))
  },
  { key: ['sha256'] }
)

export const orderObject = table(
  'order_object',
  'Which objects came under which order, and by which name.',
  {
    order_id: text('order.order_id'),
    name: text('File name within the order.'),
    sha256: text('object.sha256'),
    position: integer('Place in the statement, from 0; statement and seal come before, at -2 and -1.')
  },
  { key: ['order_id', 'name'], indexes: [['sha256']] }
)

export const receipt = table(
  'receipt',
  'What the centre signed to have received; durable before it is sent, the same for every repeat.',
  {
    order_id: text('order.order_id'),
    payload: text('The signed text (protocol/upload ReceiptPayload).'),
    key_id: text('Command key that signed it.'),
    sig: text('As order.sig.'),
    made_ms: bigint('Clock of the centre.')
  },
  { key: ['order_id'] }
)

export const evidencePackage = table(
  'package',
  'A sealed bag. A new bag never edits an old one.',
  {
    package_id: text('UUIDv7.'),
    clip_id: text('clip.clip_id'),
    evidence_id: text('Label, as in the clip.'),
    path: text('Relative to the vault; built from ids only.'),
    bytes: bigint('Sum of its files.'),
    tag_manifest_sha256: text('SHA-256 of tagmanifest-sha256.txt: the code on the hand-over record.'),
    seal_sha256: text('SHA-256 of signatures/seal.p7s, on the hand-over record too.'),
    supersedes: orNull(text('package.package_id it replaces.')),
    sealed_ms: bigint('Clock of the centre.')
  },
  { key: ['package_id'], indexes: [['clip_id']] }
)
