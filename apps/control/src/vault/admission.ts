import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { newId } from '@matthan/base/id'
import { statementName, statementSealName } from '@matthan/protocol/evidence'
import { limits } from '@matthan/protocol/limits'
import { snapshotName } from '@matthan/protocol/upload'
import type { UploadOrder, UploadRow, UploadRows } from '../store/uploads.ts'
import type { Intake } from './intake.ts'
import { makeSerial } from './serial.ts'
import type { EvidenceStore } from './vault.ts'

/** What one box may have under way at once, and what must stay free on the vault's disk. */
export type Quotas = { openBytes: number; openUploads: number; reserveBytes: number }
export const defaultQuotas: Quotas = { openBytes: 64 * 1024 ** 3, openUploads: 64, reserveBytes: 2 * 1024 ** 3 }

export type Wish = { orderId: string; name: string; length: number }

export type Admission = {
  /**
   * Decides whether the box may send this file, and makes the upload (row, then file).
   * @returns the id of the upload: a new one, or the one under way of the same file.
   * @throws MatthanError notFound, refused, usage, busy (quota), exhausted (disk).
   */
  create(boxId: string, wish: Wish): Promise<string>
  /** The box's own upload. @throws MatthanError notFound, also for another box's. */
  own(boxId: string, uploadId: string): Promise<UploadRow>
}

export const makeAdmission = (deps: {
  vault: EvidenceStore
  rows: UploadRows
  intake: Intake
  clock: Clock
  quotas: Quotas
}): Admission => {
  const { vault, rows, intake, clock, quotas } = deps
  const oneByOne = makeSerial()

  /** The name and the length are those that the order brings, and nothing else. */
  const checkWish = async (order: UploadOrder, { name, length }: Wish): Promise<void> => {
    const most = (bytes: number) => {
      if (length > bytes) throw new MatthanError('usage', 'vault.tooLong', { most: bytes })
    }
    most(limits.originalBytes)
    if (order.kind === 'takeSnapshot' && name === snapshotName) return most(limits.snapshotBytes)
    if (order.kind !== 'extractFootage') throw new MatthanError('refused', 'vault.nameNotStated', { name })
    if (name === statementName) return most(limits.statementBytes)
    if (name === statementSealName) return most(limits.sealBytes)
    const verified = await intake.statement(order)
    if (!verified) throw new MatthanError('refused', 'vault.statementFirst')
    const stated = verified.segments.get(name)
    if (!stated) throw new MatthanError('refused', 'vault.nameNotStated', { name })
    if (stated.bytes !== length) throw new MatthanError('usage', 'vault.lengthDiffers', { name, stated: stated.bytes })
  }

  const checkRoom = async (boxId: string, length: number): Promise<void> => {
    const open = await rows.openOf(boxId)
    if (open.count >= quotas.openUploads || open.bytes + length > quotas.openBytes)
      throw new MatthanError('busy', 'vault.quota', { count: open.count, bytes: open.bytes })
    if ((await vault.freeBytes()) - length < quotas.reserveBytes) throw new MatthanError('exhausted', 'vault.noRoom')
  }

  const create = async (boxId: string, wish: Wish): Promise<string> => {
    const order = await intake.liveOrder(boxId, wish.orderId)
    if (await rows.receipt(order.orderId)) throw new MatthanError('refused', 'vault.alreadyReceived')
    await checkWish(order, wish)
    const existing = await rows.named(order.orderId, wish.name)
    // A statement made again is another text of perhaps the same length: it never continues an old one.
    const isStatement = wish.name === statementName || wish.name === statementSealName
    if (existing && !isStatement && existing.length === wish.length && existing.state !== 'refused') {
      if (existing.state === 'open') await vault.begin(existing.uploadId)
      return existing.uploadId
    }
    if (isStatement) intake.forgetStatement(order.orderId)
    if (existing) {
      await vault.discard(existing.uploadId)
      await rows.forget([existing.uploadId])
    }
    await checkRoom(boxId, wish.length)
    const uploadId = newId()
    await rows.add({ ...wish, uploadId, boxId, atMs: clock.nowMs() })
    await vault.begin(uploadId)
    return uploadId
  }

  return {
    create: (boxId, wish) => oneByOne(boxId, () => create(boxId, wish)),
    own: async (boxId, uploadId) => {
      const row = await rows.upload(uploadId)
      if (!row || row.boxId !== boxId) throw new MatthanError('notFound', 'vault.noUpload', { uploadId })
      return row
    }
  }
}
