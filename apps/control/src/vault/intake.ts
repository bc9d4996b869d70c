import type { Clock } from '@matthan/base/clock'
import { MatthanError, toWire } from '@matthan/base/error'
import type { Log } from '@matthan/base/log'
import { statementName, statementSealName } from '@matthan/protocol/evidence'
import { limits } from '@matthan/protocol/limits'
import { terminalStates } from '@matthan/protocol/orders'
import { type ReceiptPayload, type SignedReceipt, snapshotName } from '@matthan/protocol/upload'
import type { UploadOrder, UploadRow, UploadRows } from '../store/uploads.ts'
import { readObject } from './object.ts'
import { makeSerial } from './serial.ts'
import { readStatement, type VerifiedStatement, verifyStatement } from './statement.ts'
import type { EvidenceStore } from './vault.ts'

/** Signs the text of a receipt; ECDSA P-256 with SHA-256 in DER, base64url. */
export type ReceiptKey = { keyId: string; sign(payload: string): string | Promise<string> }

export type IntakeDeps = {
  vault: EvidenceStore
  rows: UploadRows
  /** Roots (DER) up to which a box's statement must lead. */
  roots: Uint8Array[]
  receiptKey: ReceiptKey
  clock: Clock
  log: Log
  /** The centre has all of an order and said so, durably. */
  onReceived(order: UploadOrder): void
}

export type Intake = {
  /** The order, when it is the box's and may still bring files. @throws MatthanError notFound, refused. */
  liveOrder(boxId: string, orderId: string): Promise<UploadOrder>
  /** The verified statement; undefined while it or its seal is not there. @throws MatthanError verification. */
  statement(order: UploadOrder): Promise<VerifiedStatement | undefined>
  /** Judges a file whose last byte has come. @throws MatthanError verification: the file is gone, its row says why. */
  finish(upload: UploadRow): Promise<void>
  /**
   * I6, then the receipt: durable before it is answered, and the same for every repeat.
   * @throws MatthanError usage when files are missing.
   */
  complete(boxId: string, orderId: string): Promise<SignedReceipt>
  /** Forgets what is remembered of an order's statement (its file is about to be replaced). */
  forgetStatement(orderId: string): void
}

const statementsKept = 16
const isTerminal = (state: string): boolean => terminalStates.some(one => one === state)

/** Takes what the boxes sent and decides what of it becomes evidence. */
export const makeIntake = (deps: IntakeDeps): Intake => {
  const { vault, rows, clock, log } = deps
  const statements = new Map<string, VerifiedStatement>()
  const oneByOne = makeSerial()
  const trust = { roots: deps.roots, certificates: rows.statementCertificates, nowMs: () => clock.nowMs() }

  const ownOrder = async (boxId: string, orderId: string): Promise<UploadOrder> => {
    const order = await rows.order(orderId)
    // Another box's order does not exist for this one.
    if (!order || order.boxId !== boxId) throw new MatthanError('notFound', 'vault.noOrder', { orderId })
    return order
  }

  const isWhole = async (upload: UploadRow): Promise<boolean> =>
    upload.state === 'open' && (await vault.size(upload.uploadId)) === upload.length

  /** The bytes are not what they had to be: they go, the reason stays. */
  const refuse = async (uploads: UploadRow[], error: unknown): Promise<never> => {
    for (const { uploadId } of uploads) await vault.discard(uploadId)
    const wire = toWire(error)
    await rows.refused(
      uploads.map(one => one.uploadId),
      wire,
      clock.nowMs()
    )
    log.warn({ boxId: uploads[0]?.boxId, orderId: uploads[0]?.orderId, reason: wire }, 'uploadRefused')
    throw error
  }

  const admit = async (uploads: UploadRow[]): Promise<string[]> => {
    const files = []
    for (const { uploadId } of uploads) files.push({ uploadId, ...(await vault.digest(uploadId)) })
    for (const file of files) await vault.admit(file.uploadId, file)
    await rows.admitted(files, clock.nowMs())
    return files.map(file => file.sha256)
  }

  const remember = (orderId: string, verified: VerifiedStatement): VerifiedStatement => {
    statements.set(orderId, verified)
    if (statements.size > statementsKept) statements.delete(statements.keys().next().value!)
    return verified
  }

  const judgeStatement = async (order: UploadOrder, statement: UploadRow, seal: UploadRow) => {
    const bytes = await vault.read(statement.uploadId, limits.statementBytes)
    const sealBytes = await vault.read(seal.uploadId, limits.sealBytes)
    const verified = await verifyStatement(order, bytes, sealBytes, trust).catch(error =>
      refuse([statement, seal], error)
    )
    await admit([statement, seal])
    return remember(order.orderId, verified)
  }

  const statementOf = async (order: UploadOrder): Promise<VerifiedStatement | undefined> => {
    const known = statements.get(order.orderId)
    if (known) return known
    const statement = await rows.named(order.orderId, statementName)
    const seal = await rows.named(order.orderId, statementSealName)
    if (!statement || !seal) return undefined
    if (statement.sha256 && statement.state === 'admitted' && seal.state === 'admitted')
      return remember(order.orderId, readStatement(await readObject(vault, statement.sha256)))
    if ((await isWhole(statement)) && (await isWhole(seal))) return await judgeStatement(order, statement, seal)
    return undefined
  }

  const judgeOriginal = async (order: UploadOrder, upload: UploadRow): Promise<string> => {
    const stated = (await statementOf(order))?.segments.get(upload.name)
    if (!stated) throw new MatthanError('refused', 'vault.nameNotStated', { name: upload.name })
    const found = await vault.digest(upload.uploadId)
    if (found.sha256 !== stated.sha256AtPull || found.bytes !== stated.bytes)
      return await refuse(
        [upload],
        new MatthanError('verification', 'vault.digestDiffers', { expected: stated.sha256AtPull, found: found.sha256 })
      )
    return (await admit([upload]))[0]!
  }

  /** A picture of now: the box's word is all there is, but it must be a JPEG (ISO/IEC 10918-1: SOI, next marker). */
  const judgeSnapshot = async (upload: UploadRow): Promise<string> => {
    const start = (await vault.read(upload.uploadId, limits.snapshotBytes)).subarray(0, 3)
    if (start.toString('hex') !== 'ffd8ff')
      return await refuse([upload], new MatthanError('verification', 'vault.noPicture', { name: upload.name }))
    return (await admit([upload]))[0]!
  }

  const judge = async (order: UploadOrder, upload: UploadRow): Promise<void> => {
    if (upload.name === statementName || upload.name === statementSealName) await statementOf(order)
    else if (order.kind === 'takeSnapshot') await judgeSnapshot(upload)
    else await judgeOriginal(order, upload)
  }

  /** Every file that the order must bring, with what it must be. */
  const wanted = async (order: UploadOrder): Promise<{ name: string; sha256?: string }[]> => {
    if (order.kind === 'takeSnapshot') return [{ name: snapshotName }]
    const verified = await statementOf(order)
    if (!verified) throw new MatthanError('usage', 'vault.incomplete', { missing: 2, first: statementName })
    const originals = verified.statement.segments.map(one => ({ name: one.name, sha256: one.sha256AtPull }))
    return [{ name: statementName }, { name: statementSealName }, ...originals]
  }

  const judgeAll = async (order: UploadOrder): Promise<ReceiptPayload['files']> => {
    for (const upload of await rows.uploadsOf(order.orderId)) if (await isWhole(upload)) await judge(order, upload)
    const files = await wanted(order)
    const uploads = new Map((await rows.uploadsOf(order.orderId)).map(one => [one.name, one]))
    const received = files.flatMap(({ name, sha256 }) => {
      const upload = uploads.get(name)
      if (upload?.state !== 'admitted' || !upload.sha256) return []
      return sha256 === undefined || sha256 === upload.sha256
        ? [{ name, bytes: upload.length, sha256: upload.sha256 }]
        : []
    })
    if (received.length < files.length) {
      const names = new Set(received.map(one => one.name))
      const first = files.find(one => !names.has(one.name))!.name
      throw new MatthanError('usage', 'vault.incomplete', { missing: files.length - received.length, first })
    }
    return received
  }

  return {
    liveOrder: async (boxId, orderId) => {
      const order = await ownOrder(boxId, orderId)
      if (isTerminal(order.state))
        throw new MatthanError('refused', 'vault.orderEnded', { orderId, state: order.state })
      return order
    },
    statement: order => oneByOne(order.orderId, () => statementOf(order)),
    finish: upload =>
      oneByOne(upload.orderId, async () => {
        const order = await rows.order(upload.orderId)
        const now = await rows.upload(upload.uploadId)
        if (order && now && (await isWhole(now))) await judge(order, now)
      }),
    complete: async (boxId, orderId) => {
      const order = await ownOrder(boxId, orderId)
      return await oneByOne(orderId, async () => {
        const given = await rows.receipt(orderId)
        if (given) return given
        if (isTerminal(order.state))
          throw new MatthanError('refused', 'vault.orderEnded', { orderId, state: order.state })
        const receivedMs = clock.nowMs()
        const content: ReceiptPayload = {
          what: 'matthan.receipt',
          orderId,
          boxId,
          receivedMs,
          files: await judgeAll(order)
        }
        const payload = JSON.stringify(content)
        const { keyId } = deps.receiptKey
        const receipt = { payload, keyId, sig: await deps.receiptKey.sign(payload) }
        const kept = await rows.putReceipt(content, receipt)
        statements.delete(orderId)
        deps.onReceived(order)
        return kept
      })
    },
    forgetStatement: orderId => {
      statements.delete(orderId)
    }
  }
}
