import type { ErrorOnWire } from '@matthan/base/error'
import { OrderPayload, orderKinds } from '@matthan/protocol/orders'
import type { ControlStore } from './open.ts'
import type { Tables } from './tables/tables.ts'

/** Who asked for a clip, and why, as it stands in the package. */
export type ClipFacts = {
  clipId: string
  /** Label for people: EV-<year>-<number>. */
  evidenceId: string
  orderId: string
  boxId: string
  boxName: string
  /** The hold that keeps the originals on the box, as it was ordered. */
  hold: { holdId: string; expiresMs: number } | undefined
  requestedBy: string
  requestedMs: number
  reason: string
  /** When its bytes were received, clock of the centre: the instant for which the box's certificate is judged. */
  receivedMs: number
}

/** An object of an order by the name that the box's statement gives it. */
export type OrderObject = { name: string; sha256: string; bytes: number }

export type PackageRow = {
  packageId: string
  clipId: string
  evidenceId: string
  /** Relative to the vault. */
  path: string
  bytes: number
  tagManifestSha256: string
  sealSha256: string
  sealedMs: number
}

export type PackageRows = {
  /** Clips in `packaging`, oldest first. */
  waiting(): Promise<ClipFacts[]>
  /** Statement, its seal, then the originals in the statement's order. */
  objectsOf(orderId: string): Promise<OrderObject[]>
  /** The package is on disk: its row, and the clip `ready`, in one transaction. */
  packaged(row: PackageRow, complete: boolean): Promise<void>
  /** Nothing was recorded in the range: the clip is `noFootage`. */
  noFootage(clipId: string, atMs: number): Promise<void>
  /** The clip is `failed`. */
  failed(clipId: string, error: ErrorOnWire, atMs: number): Promise<void>
  package(packageId: string): Promise<PackageRow | undefined>
  packages(): Promise<PackageRow[]>
  /** What the store says the vault holds. */
  objects(): Promise<{ sha256: string; bytes: number }[]>
}

const asRow = (row: Tables['package']): PackageRow => ({
  packageId: row.package_id,
  clipId: row.clip_id,
  evidenceId: row.evidence_id,
  path: row.path,
  bytes: row.bytes,
  tagManifestSha256: row.tag_manifest_sha256,
  sealSha256: row.seal_sha256,
  sealedMs: row.sealed_ms
})

const holdOf = (payload: string | null): ClipFacts['hold'] => {
  if (payload === null) return undefined
  const args = orderKinds.placeHold.args.safeParse(OrderPayload.parse(JSON.parse(payload)).args).data
  return args && { holdId: args.holdId, expiresMs: args.expiresMs }
}

export const packageRows = (store: ControlStore): PackageRows => {
  const { read } = store
  const end = async (
    clipId: string,
    state: 'noFootage' | 'failed',
    atMs: number,
    more: { complete?: number; error?: string }
  ) => {
    await store.write(async (trx, note) => {
      await trx
        .updateTable('clip')
        .set({ state, state_ms: atMs, ...more })
        .where('clip_id', '=', clipId)
        .where('state', '=', 'packaging')
        .execute()
      note('clip', clipId)
    })
  }
  return {
    waiting: async () => {
      const rows = await read
        .selectFrom('clip')
        .leftJoin('box', 'box.box_id', 'clip.box_id')
        .leftJoin('order', 'order.order_id', 'clip.hold_order_id')
        .innerJoin('receipt', 'receipt.order_id', 'clip.extract_order_id')
        .selectAll('clip')
        .select(['box.name', 'order.payload', 'receipt.made_ms'])
        .where('clip.state', '=', 'packaging')
        .orderBy('clip.state_ms')
        .execute()
      return rows.map(row => ({
        clipId: row.clip_id,
        evidenceId: row.evidence_id,
        orderId: row.extract_order_id,
        boxId: row.box_id,
        boxName: row.name ?? row.box_id,
        hold: holdOf(row.payload),
        requestedBy: row.requested_by,
        requestedMs: row.requested_ms,
        reason: row.reason,
        receivedMs: row.made_ms
      }))
    },
    objectsOf: async orderId =>
      await read
        .selectFrom('order_object')
        .innerJoin('object', 'object.sha256', 'order_object.sha256')
        .select(['order_object.name', 'object.sha256', 'object.bytes'])
        .where('order_id', '=', orderId)
        .orderBy('position')
        .execute(),
    packaged: async (row, complete) => {
      await store.write(async (trx, note) => {
        await trx
          .insertInto('package')
          .values({
            package_id: row.packageId,
            clip_id: row.clipId,
            evidence_id: row.evidenceId,
            path: row.path,
            bytes: row.bytes,
            tag_manifest_sha256: row.tagManifestSha256,
            seal_sha256: row.sealSha256,
            sealed_ms: row.sealedMs
          })
          .execute()
        await trx
          .updateTable('clip')
          .set({ state: 'ready', state_ms: row.sealedMs, package_id: row.packageId, complete: complete ? 1 : 0 })
          .where('clip_id', '=', row.clipId)
          .execute()
        note('package', row.packageId)
        note('clip', row.clipId)
      })
    },
    noFootage: (clipId, atMs) => end(clipId, 'noFootage', atMs, { complete: 0 }),
    failed: (clipId, error, atMs) => end(clipId, 'failed', atMs, { error: JSON.stringify(error) }),
    package: async packageId => {
      const row = await read.selectFrom('package').selectAll().where('package_id', '=', packageId).executeTakeFirst()
      return row && asRow(row)
    },
    packages: async () => (await read.selectFrom('package').selectAll().orderBy('sealed_ms').execute()).map(asRow),
    objects: async () =>
      await read.selectFrom('object').select(['sha256', 'bytes']).where('gone_ms', 'is', null).execute()
  }
}
