import { verify, X509Certificate } from 'node:crypto'
import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import type { Log } from '@matthan/base/log'
import type { RecoverRequest, RenewAnswer } from '@matthan/protocol/enrolment'
import { limits } from '@matthan/protocol/limits'
import type { ControlStore } from '../store/open.ts'
import type { Authority } from './authority.ts'
import { readRequest } from './certificate.ts'
import type { Register } from './register.ts'
import { certificatesOf, insertCertificate } from './store/rows.ts'

const dayMs = 24 * 3600_000
/** New certificates a box may get in a day; a box asks once, and again when an answer was lost. */
const mostADay = 20

export type Renewal = {
  /** A new `tls` certificate for a box that is signed in. The same key gets the same certificate again. @throws busy, usage */
  renew(boxId: string, csrPem: string): Promise<RenewAnswer>
  /**
   * The same for a box whose certificate has ended at most 90 days ago (`limits.recoverDays`), so that it cannot sign
   * in: its newest key signs the request. Counted in `box_certificate.recovered`.
   * @throws MatthanError refused
   */
  recover(request: RecoverRequest): Promise<RenewAnswer>
}

export const makeRenewal = (options: {
  store: ControlStore
  authority: Authority
  register: Register
  clock: Clock
  log: Log
}): Renewal => {
  const { store, authority, register, clock, log } = options

  const issue = async (boxId: string, csrPem: string, recovered: boolean): Promise<RenewAnswer> => {
    const key = Buffer.from((await readRequest(csrPem)).publicKey.rawData)
    const rows = await certificatesOf(store.read, boxId, 'tls')
    const nowMs = clock.nowMs()
    const answer = (pem: string): RenewAnswer => ({
      certificate: pem,
      issuing: authority.issuingPem,
      root: authority.rootPem,
      centreTimeMs: nowMs
    })
    const [newest] = rows
    const fresh = newest && nowMs - newest.issued_ms < dayMs && newest.revoked_ms === null
    if (fresh && spkiOf(newest.pem).equals(key)) return answer(newest.pem)
    if (rows.filter(row => nowMs - row.issued_ms < dayMs).length >= mostADay)
      throw new MatthanError('busy', 'identity.tooManyRenewals', { box: boxId })
    const issued = await authority.issueBox('tls', csrPem, boxId)
    await store.write(async (trx, note) => {
      await insertCertificate(trx, { boxId, kind: 'tls', issued, nowMs, recovered })
      note('box', boxId)
    })
    register.entered({ boxId, serial: issued.serial, issuedMs: nowMs })
    log.info({ boxId, serial: issued.serial, recovered }, 'certificate issued')
    return answer(issued.pem)
  }

  return {
    renew: (boxId, csrPem) => issue(boxId, csrPem, false),
    recover: async ({ csr, certificate, sig }) => {
      const shown = readShown(certificate)
      const peer = register.checkNewest(shown.raw, limits.recoverDays * dayMs)
      const signed = { key: shown.publicKey, dsaEncoding: 'der' } as const
      if (!verify('sha256', Buffer.from(csr, 'utf8'), signed, Buffer.from(sig, 'base64url')))
        throw new MatthanError('refused', 'identity.recoveryRefused', { reason: 'signature' })
      log.warn({ boxId: peer.boxId, serial: peer.serial }, 'certificate recovered')
      return await issue(peer.boxId, csr, true)
    }
  }
}

const readShown = (pem: string): X509Certificate => {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw new MatthanError('refused', 'identity.recoveryRefused', { reason: 'certificate' }, { cause: error })
  }
}

const spkiOf = (pem: string): Buffer => new X509Certificate(pem).publicKey.export({ format: 'der', type: 'spki' })
