import type { ErrorOnWire } from '@matthan/base/error'
import { statementName, statementSealName } from '@matthan/protocol/evidence'
import { type OrderKind, OrderPayload, type OrderState, orderKinds } from '@matthan/protocol/orders'
import type { Range } from '@matthan/protocol/scalars'
import type { ReceiptPayload, SignedReceipt } from '@matthan/protocol/upload'
import type { ControlStore } from './open.ts'
import type { Tables } from './tables/tables.ts'

/** An order that may bring files. */
export type UploadOrder = {
  orderId: string
  boxId: string
  kind: OrderKind
  state: OrderState
  /** Of `extractFootage`. */
  clipId: string | undefined
  /** The range that the signed order asks for; `extractFootage` only. */
  asked: Range | undefined
}

/**
 * One file of an order. `open`: coming, or all there and not yet judged. `admitted`: an object with that digest.
 * `refused`: its bytes were not what they had to be and are gone; the row keeps why until the box sends it again.
 */
export type UploadRow = {
  uploadId: string
  orderId: string
  boxId: string
  name: string
  length: number
  state: 'open' | 'admitted' | 'refused'
  sha256: string | undefined
}

export type NewUpload = { uploadId: string; orderId: string; boxId: string; name: string; length: number; atMs: number }

export type UploadRows = {
  order(orderId: string): Promise<UploadOrder | undefined>
  upload(uploadId: string): Promise<UploadRow | undefined>
  /** The file of that name, refused too. */
  named(orderId: string, name: string): Promise<UploadRow | undefined>
  /** All files of an order, refused ones too. */
  uploadsOf(orderId: string): Promise<UploadRow[]>
  /** How many uploads of a box are open, and how many bytes they will be when they are whole. */
  openOf(boxId: string): Promise<{ bytes: number; count: number }>
  add(row: NewUpload): Promise<void>
  /** In one transaction: the objects exist, and these uploads are them. */
  admitted(files: { uploadId: string; sha256: string; bytes: number }[], atMs: number): Promise<void>
  refused(uploadIds: string[], error: ErrorOnWire, atMs: number): Promise<void>
  receipt(orderId: string): Promise<SignedReceipt | undefined>
  /**
   * In one transaction: the receipt, the order's objects, and the clip in `packaging` or the snapshot with its picture.
   * The first receipt of an order stays, and is what is answered.
   */
  putReceipt(content: ReceiptPayload, receipt: SignedReceipt): Promise<SignedReceipt>
  /** Uploads whose order has ended: nobody will continue them. */
  ended(): Promise<UploadRow[]>
  forget(uploadIds: string[]): Promise<void>
  /** SHA-256 (hex) of the DER of the box's statement certificates that are not revoked. */
  statementCertificates(boxId: string): Promise<string[]>
}

const asRow = (row: Tables['upload']): UploadRow => ({
  uploadId: row.upload_id,
  orderId: row.order_id,
  boxId: row.box_id,
  name: row.name,
  length: row.length,
  state: row.state,
  sha256: row.sha256 ?? undefined
})

const askedOf = (payload: string): Range | undefined =>
  orderKinds.extractFootage.args.safeParse(OrderPayload.parse(JSON.parse(payload)).args).data?.range

/** Statement and seal come first, then the originals as the statement has them. */
const positionOf = (name: string, index: number): number =>
  name === statementName ? -2 : name === statementSealName ? -1 : index

const someAtOnce = 500

export const uploadRows = (store: ControlStore): UploadRows => {
  const { read } = store
  const receiptOf = async (orderId: string): Promise<SignedReceipt | undefined> => {
    const row = await read.selectFrom('receipt').selectAll().where('order_id', '=', orderId).executeTakeFirst()
    return row && { payload: row.payload, keyId: row.key_id, sig: row.sig }
  }
  return {
    order: async orderId => {
      const row = await read
        .selectFrom('order')
        .select(['order_id', 'box_id', 'kind', 'state', 'clip_id', 'payload'])
        .where('order_id', '=', orderId)
        .executeTakeFirst()
      if (!row) return undefined
      const kind = row.kind as OrderKind
      return {
        orderId,
        boxId: row.box_id,
        kind,
        state: row.state,
        clipId: row.clip_id ?? undefined,
        asked: kind === 'extractFootage' ? askedOf(row.payload) : undefined
      }
    },
    upload: async uploadId => {
      const row = await read.selectFrom('upload').selectAll().where('upload_id', '=', uploadId).executeTakeFirst()
      return row && asRow(row)
    },
    named: async (orderId, name) => {
      const row = await read
        .selectFrom('upload')
        .selectAll()
        .where('order_id', '=', orderId)
        .where('name', '=', name)
        .executeTakeFirst()
      return row && asRow(row)
    },
    uploadsOf: async orderId =>
      (await read.selectFrom('upload').selectAll().where('order_id', '=', orderId).execute()).map(asRow),
    openOf: async boxId => {
      const row = await read
        .selectFrom('upload')
        .select(eb => [eb.fn.sum('length').as('bytes'), eb.fn.countAll().as('count')])
        .where('box_id', '=', boxId)
        .where('state', '=', 'open')
        .executeTakeFirst()
      return { bytes: Number(row?.bytes ?? 0), count: Number(row?.count ?? 0) }
    },
    add: async ({ uploadId, orderId, boxId, name, length, atMs }) => {
      await store.write(trx =>
        trx
          .insertInto('upload')
          .values({
            upload_id: uploadId,
            order_id: orderId,
            box_id: boxId,
            name,
            length,
            state: 'open',
            created_ms: atMs,
            updated_ms: atMs
          })
          .execute()
      )
    },
    admitted: async (files, atMs) => {
      await store.write(async trx => {
        for (const { uploadId, sha256, bytes } of files) {
          await trx
            .insertInto('object')
            .values({ sha256, bytes, admitted_ms: atMs })
            .onConflict(same => same.column('sha256').doUpdateSet({ gone_ms: null }))
            .execute()
          await trx
            .updateTable('upload')
            .set({ state: 'admitted', sha256, error: null, updated_ms: atMs })
            .where('upload_id', '=', uploadId)
            .execute()
        }
      })
    },
    refused: async (uploadIds, error, atMs) => {
      await store.write(trx =>
        trx
          .updateTable('upload')
          .set({ state: 'refused', error: JSON.stringify(error), updated_ms: atMs })
          .where('upload_id', 'in', uploadIds)
          .execute()
      )
    },
    receipt: receiptOf,
    putReceipt: async ({ orderId, receivedMs, files }, receipt) =>
      await store.write(async (trx, note) => {
        const given = await trx.selectFrom('receipt').selectAll().where('order_id', '=', orderId).executeTakeFirst()
        if (given) return { payload: given.payload, keyId: given.key_id, sig: given.sig }
        await trx
          .insertInto('receipt')
          .values({
            order_id: orderId,
            payload: receipt.payload,
            key_id: receipt.keyId,
            sig: receipt.sig,
            made_ms: receivedMs
          })
          .execute()
        const objects = files.map(({ name, sha256 }, i) => ({
          order_id: orderId,
          name,
          sha256,
          position: positionOf(name, i)
        }))
        for (let i = 0; i < objects.length; i += someAtOnce)
          await trx
            .insertInto('order_object')
            .values(objects.slice(i, i + someAtOnce))
            .execute()
        const clip = await trx
          .updateTable('clip')
          .set({ state: 'packaging', state_ms: receivedMs })
          .where('extract_order_id', '=', orderId)
          .where('state', 'not in', ['ready', 'noFootage', 'failed', 'cancelled'])
          .returning('clip_id')
          .executeTakeFirst()
        if (clip) note('clip', clip.clip_id)
        await trx.updateTable('snapshot').set({ sha256: files[0]!.sha256 }).where('order_id', '=', orderId).execute()
        note('order', orderId)
        return receipt
      }),
    ended: async () => {
      const rows = await read
        .selectFrom('upload')
        .selectAll('upload')
        .innerJoin('order', 'order.order_id', 'upload.order_id')
        .where('order.ended_ms', 'is not', null)
        .execute()
      return rows.map(asRow)
    },
    forget: async uploadIds => {
      await store.write(async trx => {
        for (let i = 0; i < uploadIds.length; i += someAtOnce)
          await trx
            .deleteFrom('upload')
            .where('upload_id', 'in', uploadIds.slice(i, i + someAtOnce))
            .execute()
      })
    },
    statementCertificates: async boxId =>
      (
        await read
          .selectFrom('box_certificate')
          .select('sha256')
          .where('box_id', '=', boxId)
          .where('kind', '=', 'statement')
          .where('revoked_ms', 'is', null)
          .execute()
      ).map(row => row.sha256)
  }
}
