import { createPublicKey, verify } from 'node:crypto'
import { sentenceOf } from '@matthan/base/text/say'
import { OrderPayload, terminalStates } from '@matthan/protocol/orders'
import {
  checkChanges,
  checkClips,
  checkFile,
  checkLanes,
  type Finding,
  ordersToCheck,
  receiptsToCheck
} from '../store/check.ts'
import type { ControlStore } from '../store/open.ts'
import { packageRows } from '../store/packages.ts'
import { checkVault } from '../vault/check.ts'
import type { EvidenceStore } from '../vault/vault.ts'

export type CheckDeps = {
  store: ControlStore
  /** Public half of the command key: SPKI, base64url. Texts signed by an older one are counted, not judged. */
  commandKey: { keyId: string; spki: string }
  rootDer: Uint8Array
  vault: EvidenceStore
  vaultFolder: string
  signal: AbortSignal
}

/** Proves I3, I5 and I6 on a data folder; it may be that of a centre that runs. Changes nothing. */
export const checkFolder = async (deps: CheckDeps): Promise<Finding[]> => [
  await checkFile(deps.store),
  await checkLanes(deps.store),
  await checkChanges(deps.store),
  await checkOrders(deps),
  await checkReceipts(deps),
  await checkClips(deps.store),
  await checkEvidence(deps)
]

const signatureCheck = ({ commandKey }: CheckDeps) => {
  const key = createPublicKey({ key: Buffer.from(commandKey.spki, 'base64url'), format: 'der', type: 'spki' })
  return (row: { payload: string; key_id: string; sig: string }): boolean =>
    row.key_id !== commandKey.keyId ||
    verify('sha256', Buffer.from(row.payload), key, Buffer.from(row.sig, 'base64url'))
}

/** I5: an end exactly where there is a terminal state, and the row is what was signed. */
const checkOrders = async (deps: CheckDeps): Promise<Finding> => {
  const isSigned = signatureCheck(deps)
  const wrong: string[] = []
  const rows = await ordersToCheck(deps.store)
  for (const row of rows) {
    const isEnded = terminalStates.some(state => state === row.state)
    if (isEnded !== (row.ended_ms !== null)) wrong.push(`${row.order_id}: ${row.state}, ended at ${row.ended_ms}`)
    const signed = OrderPayload.safeParse(JSON.parse(row.payload)).data
    const fits =
      signed?.orderId === row.order_id &&
      signed.boxId === row.box_id &&
      signed.seq === row.seq &&
      signed.kind === row.kind &&
      signed.expiresAt === row.expires_ms
    if (!fits || !isSigned(row)) wrong.push(`${row.order_id}: the row is not what was signed`)
  }
  return { what: 'I5 order', checked: rows.length, wrong }
}

const checkReceipts = async (deps: CheckDeps): Promise<Finding> => {
  const isSigned = signatureCheck(deps)
  const rows = await receiptsToCheck(deps.store)
  return { what: 'receipt', checked: rows.length, wrong: rows.filter(row => !isSigned(row)).map(row => row.order_id) }
}

const checkEvidence = async ({ store, vault, vaultFolder, rootDer, signal }: CheckDeps): Promise<Finding> => {
  const rows = packageRows(store)
  const found = await checkVault({ vault, rows, folder: vaultFolder, roots: [rootDer], signal })
  const wrong = found.findings.map(one => sentenceOf('en', one.key, one.params))
  return { what: 'I6 vault', checked: found.objects + found.packages, wrong }
}
