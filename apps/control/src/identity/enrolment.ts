import { randomInt, scrypt, timingSafeEqual, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { newId } from '@matthan/base/id'
import type { Log } from '@matthan/base/log'
import { codeAlphabet, type EnrolAnswer, type EnrolRequest, readCode, writeCode } from '@matthan/protocol/enrolment'
import { limits } from '@matthan/protocol/limits'
import { isPinnedBy, pinOf } from '@matthan/protocol/pin'
import type { ControlStore } from '../store/open.ts'
import type { Authority } from './authority.ts'
import { type BoxKeyKind, readRequest } from './certificate.ts'
import type { Register } from './register.ts'
import {
  boxNamed,
  boxOf,
  certificatesOf,
  codeBeginning,
  codesSince,
  endCodes,
  insertCertificate,
  insertCode,
  insertExpectedBox,
  setEnrolled,
  takeTry,
  useCode
} from './store/rows.ts'

/**
 * A code's secret half is 8 characters: the first two say which code is meant, so that a wrong try can be counted
 * against one, the other six (30 bits) must be right within five tries.
 */
const selectorLength = 2
const secretLength = 8
/** Codes alive at once; the 1024 selectors must not run out. */
const mostCodes = 500
const kinds = ['tls', 'statement', 'log'] as const satisfies readonly BoxKeyKind[]

export type NewCode = { code: string; boxId: string; expiresMs: number }

export type Enrolment = {
  /** A code for a box of this name; earlier codes for it end. @throws MatthanError busy, or refused when an enrolled box has this name. */
  makeCode(wanted: { name: string; unitLabel?: string }): Promise<NewCode>
  /**
   * Redeems a code once. The same request with the same keys gets the same certificates again while the code lives,
   * so that an answer lost on the way costs no new code.
   * @throws MatthanError refused; the same for a wrong, used, tried and expired code.
   */
  redeem(request: EnrolRequest): Promise<EnrolAnswer>
}

export const makeEnrolment = (options: {
  store: ControlStore
  authority: Authority
  register: Register
  /** Where boxes go, as they must reach it. */
  urls(): { mqttUrl: string; deviceUrl: string }
  clock: Clock
  log: Log
}): Enrolment => {
  const { store, authority, register, urls, clock, log } = options

  const answer = async (boxId: string, pems: Record<BoxKeyKind, string>): Promise<EnrolAnswer> => ({
    boxId,
    name: (await boxOf(store.read, boxId))?.name ?? boxId,
    certificates: pems,
    issuing: authority.issuingPem,
    root: authority.rootPem,
    commandKeys: { [authority.command.keyId]: authority.command.spki },
    ...urls(),
    centreTimeMs: clock.nowMs()
  })

  /** The certificates that this very request was answered with before, or undefined. */
  const answeredBefore = async (boxId: string, csrs: EnrolRequest['csrs']) => {
    const pems = { tls: '', statement: '', log: '' }
    for (const kind of kinds) {
      const key = Buffer.from((await readRequest(csrs[kind])).publicKey.rawData)
      const found = (await certificatesOf(store.read, boxId, kind)).find(
        row => spkiOfCertificate(row.pem).equals(key) && row.revoked_ms === null
      )
      if (!found) return undefined
      pems[kind] = found.pem
    }
    return pems
  }

  const enrol = async (boxId: string, codeHash: string, request: EnrolRequest) => {
    const issuedFor = async (kind: BoxKeyKind) => await authority.issueBox(kind, request.csrs[kind], boxId)
    const certificates = {
      tls: await issuedFor('tls'),
      statement: await issuedFor('statement'),
      log: await issuedFor('log')
    }
    const nowMs = clock.nowMs()
    await store.write(async (trx, note) => {
      const { fingerprint, hostName, agentVersion } = request
      if (!(await useCode(trx, codeHash, nowMs))) throw unknownCode()
      if (!(await setEnrolled(trx, { boxId, fingerprint, hostName, agentVersion, nowMs }))) throw unknownCode()
      for (const kind of kinds)
        await insertCertificate(trx, { boxId, kind, issued: certificates[kind], nowMs, recovered: false })
      note('box', boxId)
    })
    register.entered({ boxId, serial: certificates.tls.serial, issuedMs: nowMs })
    log.info({ boxId, serial: certificates.tls.serial }, 'box enrolled')
    return { tls: certificates.tls.pem, statement: certificates.statement.pem, log: certificates.log.pem }
  }

  return {
    makeCode: async ({ name, unitLabel = '' }) => {
      const nowMs = clock.nowMs()
      const expiresMs = nowMs + limits.enrolCodeLifeMs
      const taken = new Set((await codesSince(store.read, nowMs)).map(row => row.code_hash.slice(0, selectorLength)))
      if (taken.size >= mostCodes) throw new MatthanError('busy', 'identity.tooManyCodes')
      const secret = newSecret(taken)
      const codeHash = await hashOf(secret)
      const boxId = await store.write(async (trx, note) => {
        const known = await boxNamed(trx, name)
        if (known && known.state !== 'expected') throw new MatthanError('refused', 'identity.nameTaken', { name })
        const boxId = known?.box_id ?? newId()
        if (known) await endCodes(trx, boxId, nowMs)
        else await insertExpectedBox(trx, { boxId, name, unitLabel, nowMs })
        await insertCode(trx, { codeHash, boxId, nowMs, expiresMs })
        note('box', boxId)
        return boxId
      })
      return { code: writeCode({ secret, pin: pinOf(secret, authority.rootDer) }), boxId, expiresMs }
    },
    redeem: async request => {
      const typed = readCode(request.code)
      // A slip of the finger or another centre's code; it can be no guess, so it costs no try.
      if (!typed || !isPinnedBy(typed, authority.rootDer)) throw unknownCode()
      for (const kind of kinds) await readRequest(request.csrs[kind])
      const row = await codeBeginning(store.read, typed.secret.slice(0, selectorLength), clock.nowMs())
      if (!row) throw unknownCode()
      const tried = row.used_ms !== null || (await store.write(trx => takeTry(trx, row.code_hash, limits.enrolTries)))
      if (!tried || !equal(await hashOf(typed.secret), row.code_hash)) {
        log.warn({ boxId: row.box_id }, 'enrolment code refused')
        throw unknownCode()
      }
      const before = row.used_ms === null ? undefined : await answeredBefore(row.box_id, request.csrs)
      if (row.used_ms !== null && !before) throw unknownCode()
      return await answer(row.box_id, before ?? (await enrol(row.box_id, row.code_hash, request)))
    }
  }
}

const unknownCode = (): MatthanError => new MatthanError('refused', 'identity.codeUnknown')

const newSecret = (taken: ReadonlySet<string>): string => {
  for (;;) {
    const secret = Array.from({ length: secretLength }, () => codeAlphabet[randomInt(codeAlphabet.length)]).join('')
    if (!taken.has(secret.slice(0, selectorLength))) return secret
  }
}

/** Slow on purpose (scrypt, RFC 7914): a copied store does not give away a code that still lives. */
const hashOf = async (secret: string): Promise<string> => {
  const selector = secret.slice(0, selectorLength)
  const hash = await derive(secret, `matthan.enrol ${selector}`, 32)
  return `${selector}:${hash.toString('hex')}`
}
const derive: (secret: string, salt: string, length: number) => Promise<Buffer> = promisify(scrypt)

const equal = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

const spkiOfCertificate = (pem: string): Buffer =>
  new X509Certificate(pem).publicKey.export({ format: 'der', type: 'spki' })
