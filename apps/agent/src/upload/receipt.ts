import { type KeyObject, verify } from 'node:crypto'
import { MatthanError } from '@matthan/base/error'
import { readMessage } from '@matthan/protocol/read'
import { ReceiptPayload, SignedReceipt } from '@matthan/protocol/upload'

/**
 * The centre's receipt, checked: signed by a command key, for this order of this box, and naming exactly these files.
 * Only then may the box free its copy. @throws MatthanError verification
 */
export const readReceipt = (
  text: string,
  expected: { orderId: string; boxId: string; files: readonly { name: string; bytes: number; sha256: string }[] },
  commandKeys: ReadonlyMap<string, KeyObject>
): ReceiptPayload => {
  const bad = (reason: string): MatthanError => new MatthanError('verification', 'agent.badReceipt', { reason })
  const { payload, keyId, sig } = readMessage('receipt', SignedReceipt, text)
  const key = commandKeys.get(keyId)
  if (!key) throw bad('unknown key')
  if (!verify('sha256', Buffer.from(payload, 'utf8'), { key, dsaEncoding: 'der' }, Buffer.from(sig, 'base64url')))
    throw bad('signature')
  const receipt = readMessage('receipt', ReceiptPayload, payload)
  if (receipt.orderId !== expected.orderId || receipt.boxId !== expected.boxId) throw bad('of another order or box')
  const line = (file: { name: string; bytes: number; sha256: string }): string =>
    `${file.name} ${file.bytes} ${file.sha256}`
  const got = receipt.files.map(line).sort().join('\n')
  if (got !== expected.files.map(line).sort().join('\n')) throw bad('other files')
  return receipt
}
