import { limits } from '@matthan/protocol/limits'
import type { Reader, Writer } from '../../store/open.ts'
import type { BoxKeyKind, Issued } from '../certificate.ts'

/** The queries of identity over `box`, `box_certificate` and `enrol_code`. */

export const boxRows = (db: Reader) => db.selectFrom('box').select(['box_id', 'name', 'state']).execute()

export const boxNamed = (db: Reader, name: string) =>
  db.selectFrom('box').selectAll().where('name', '=', name).where('state', '!=', 'revoked').executeTakeFirst()

export const boxOf = (db: Reader, boxId: string) =>
  db.selectFrom('box').selectAll().where('box_id', '=', boxId).executeTakeFirst()

export const insertExpectedBox = async (
  trx: Writer,
  row: { boxId: string; name: string; unitLabel: string; nowMs: number }
): Promise<void> => {
  await trx
    .insertInto('box')
    .values({
      box_id: row.boxId,
      name: row.name,
      unit_label: row.unitLabel,
      state: 'expected',
      created_ms: row.nowMs,
      online: 0,
      last_order_seq: 0
    })
    .execute()
}

export const setEnrolled = async (
  trx: Writer,
  row: { boxId: string; fingerprint: string; hostName: string; agentVersion: string; nowMs: number }
): Promise<boolean> => {
  const done = await trx
    .updateTable('box')
    .set({
      state: 'enrolled',
      enrolled_ms: row.nowMs,
      fingerprint: row.fingerprint,
      host_name: row.hostName,
      agent_version: row.agentVersion
    })
    .where('box_id', '=', row.boxId)
    .where('state', '=', 'expected')
    .executeTakeFirst()
  return done.numUpdatedRows === 1n
}

/** The box and every certificate of it, in one transaction. */
export const setRevoked = async (
  trx: Writer,
  { boxId, reason, nowMs }: { boxId: string; reason: string; nowMs: number }
): Promise<void> => {
  await trx
    .updateTable('box')
    .set({ state: 'revoked', revoked_ms: nowMs, revoked_reason: reason })
    .where('box_id', '=', boxId)
    .where('state', '!=', 'revoked')
    .execute()
  await trx
    .updateTable('box_certificate')
    .set({ revoked_ms: nowMs })
    .where('box_id', '=', boxId)
    .where(eb => eb.or([eb('revoked_ms', 'is', null), eb('revoked_ms', '>', nowMs)]))
    .execute()
}

/** Certificates that a connection or a recovery may still show. */
export const tlsCertificates = (db: Reader, nowMs: number) =>
  db
    .selectFrom('box_certificate')
    .select(['serial', 'box_id', 'issued_ms', 'revoked_ms'])
    .where('kind', '=', 'tls')
    .where('not_after_ms', '>', nowMs - (limits.recoverDays + 1) * 24 * 3600_000)
    .execute()

export const insertCertificate = async (
  trx: Writer,
  row: { boxId: string; kind: BoxKeyKind; issued: Issued; nowMs: number; recovered: boolean }
): Promise<void> => {
  const { serial, pem, sha256, notBeforeMs, notAfterMs } = row.issued
  await trx
    .insertInto('box_certificate')
    .values({
      serial,
      box_id: row.boxId,
      kind: row.kind,
      pem,
      sha256,
      not_before_ms: notBeforeMs,
      not_after_ms: notAfterMs,
      issued_ms: row.nowMs,
      recovered: row.recovered ? 1 : 0
    })
    .execute()
}

/** Newest first. */
export const certificatesOf = (db: Reader, boxId: string, kind: BoxKeyKind) =>
  db
    .selectFrom('box_certificate')
    .selectAll()
    .where('box_id', '=', boxId)
    .where('kind', '=', kind)
    .orderBy('issued_ms', 'desc')
    .execute()

/** These end at `atMs`; one that ended before keeps its own date. */
export const endCertificates = async (trx: Writer, serials: readonly string[], atMs: number): Promise<void> => {
  await trx
    .updateTable('box_certificate')
    .set({ revoked_ms: atMs })
    .where('serial', 'in', serials)
    .where('revoked_ms', 'is', null)
    .execute()
}

export const codesSince = (db: Reader, nowMs: number) =>
  db.selectFrom('enrol_code').select(['code_hash', 'box_id']).where('expires_ms', '>', nowMs).execute()

/** The code that begins with these two characters; used ones too, for a box that asks again. */
export const codeBeginning = (db: Reader, selector: string, nowMs: number) =>
  db
    .selectFrom('enrol_code')
    .selectAll()
    .where('code_hash', 'like', `${selector}:%`)
    .where('expires_ms', '>', nowMs)
    .executeTakeFirst()

export const insertCode = async (
  trx: Writer,
  row: { codeHash: string; boxId: string; nowMs: number; expiresMs: number }
): Promise<void> => {
  await trx
    .insertInto('enrol_code')
    .values({ code_hash: row.codeHash, box_id: row.boxId, made_ms: row.nowMs, expires_ms: row.expiresMs, tries: 0 })
    .execute()
}

/** Earlier codes of this box are no longer taken. */
export const endCodes = async (trx: Writer, boxId: string, nowMs: number): Promise<void> => {
  await trx
    .updateTable('enrol_code')
    .set({ expires_ms: nowMs })
    .where('box_id', '=', boxId)
    .where('expires_ms', '>', nowMs)
    .execute()
}

/** Counts a try before it is looked at, so that many at once get no more than `most`. False when there is none left. */
export const takeTry = async (trx: Writer, codeHash: string, most: number): Promise<boolean> => {
  const done = await trx
    .updateTable('enrol_code')
    .set(eb => ({ tries: eb('tries', '+', 1) }))
    .where('code_hash', '=', codeHash)
    .where('tries', '<', most)
    .where('used_ms', 'is', null)
    .executeTakeFirst()
  return done.numUpdatedRows === 1n
}

/** False when another box was faster. */
export const useCode = async (trx: Writer, codeHash: string, nowMs: number): Promise<boolean> => {
  const done = await trx
    .updateTable('enrol_code')
    .set({ used_ms: nowMs })
    .where('code_hash', '=', codeHash)
    .where('used_ms', 'is', null)
    .executeTakeFirst()
  return done.numUpdatedRows === 1n
}
