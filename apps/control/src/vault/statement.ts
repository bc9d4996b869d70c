import { createHash } from 'node:crypto'
import { MatthanError } from '@matthan/base/error'
import { openSeal } from '@matthan/evidence/seal'
import { type StatedSegment, Statement } from '@matthan/protocol/evidence'
import { z } from 'zod'
import type { UploadOrder } from '../store/uploads.ts'

/** A statement whose signature, signer and content were checked. */
export type VerifiedStatement = { statement: Statement; segments: ReadonlyMap<string, StatedSegment> }

export type StatementTrust = {
  /** DER. */
  roots: Uint8Array[]
  /** Fingerprints of the statement certificates that belong to the box now. */
  certificates(boxId: string): Promise<string[]>
  nowMs(): number
}

/**
 * Whether these bytes are what `order.boxId` says about `order`: sealed by a certificate of ours, which is a statement
 * certificate of that very box and not revoked, about that order, clip, box and range, in which no name comes twice
 * and every segment was at the pull what it was when it was recorded.
 * @throws MatthanError verification, with the first thing that is wrong.
 */
export const verifyStatement = async (
  order: UploadOrder,
  bytes: Uint8Array,
  seal: Uint8Array,
  trust: StatementTrust
): Promise<VerifiedStatement> => {
  const { certificate } = await openSeal(seal, bytes, { roots: trust.roots, atMs: trust.nowMs() })
  const fingerprint = createHash('sha256').update(certificate).digest('hex')
  if (!(await trust.certificates(order.boxId)).includes(fingerprint))
    throw new MatthanError('verification', 'vault.foreignSigner', { orderId: order.orderId })

  const verified = readStatement(bytes)
  const { statement, segments } = verified
  const wrong = (field: string) => new MatthanError('verification', 'vault.otherOrder', { field })
  if (statement.orderId !== order.orderId) throw wrong('orderId')
  if (statement.boxId !== order.boxId) throw wrong('boxId')
  if (statement.clipId !== order.clipId) throw wrong('clipId')
  if (statement.asked.fromMs !== order.asked?.fromMs || statement.asked.toMs !== order.asked.toMs) throw wrong('asked')
  if (segments.size !== statement.segments.length) throw wrong('segments')
  const changed = statement.segments.find(one => one.sha256 !== one.sha256AtPull)
  if (changed) throw new MatthanError('verification', 'vault.changedSinceRecording', { name: changed.name })
  return verified
}

/** A statement that was verified before: from an object, whose bytes never change. @throws MatthanError verification */
export const readStatement = (bytes: Uint8Array): VerifiedStatement => {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new MatthanError('verification', 'vault.statementShape', { reason: String(error) }, { cause: error })
  }
  const parsed = Statement.safeParse(json)
  if (!parsed.success)
    throw new MatthanError('verification', 'vault.statementShape', { reason: z.prettifyError(parsed.error) })
  return { statement: parsed.data, segments: new Map(parsed.data.segments.map(one => [one.name, one])) }
}
