import { sign, X509Certificate } from 'node:crypto'
import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import type { Log } from '@matthan/base/log'
import { RenewAnswer, recoverPath, renewPath } from '@matthan/protocol/enrolment'
import { limits } from '@matthan/protocol/limits'
import { checkShown } from './chain.ts'
import { makeCsr } from './csr.ts'
import { isOfBox, type OwnIdentity } from './files.ts'
import { belongTogether, keyToPem, makeKey } from './keys.ts'
import { ask, hostOf } from './request.ts'

const dayMs = 24 * 3600_000
const hourMs = 3600_000
const subject = 'matthan tls'

/** First instant and end of the life of the box's tls certificate, milliseconds UTC. */
export const tlsLife = (identity: Pick<OwnIdentity, 'tls'>): { fromMs: number; toMs: number } => {
  const { validFromDate, validToDate } = new X509Certificate(identity.tls.cert)
  return { fromMs: validFromDate.getTime(), toMs: validToDate.getTime() }
}

const take = async (identity: OwnIdentity, answer: RenewAnswer, key: string): Promise<void> => {
  const bad = (reason: string) => new MatthanError('verification', 'identity.boxAnswerWrong', { reason })
  const root = new X509Certificate(identity.ca)
  const issuing = new X509Certificate(answer.issuing)
  const certificate = new X509Certificate(answer.certificate)
  if (!issuing.ca || !issuing.checkIssued(root) || !issuing.verify(root.publicKey)) throw bad('issuing')
  if (!certificate.checkIssued(issuing) || !certificate.verify(issuing.publicKey)) throw bad('tls')
  if (!belongTogether(answer.certificate, key)) throw bad('tls: key')
  if (!isOfBox(answer.certificate, identity.boxId)) throw bad('tls: name')
  await identity.replace({ key, cert: `${answer.certificate.trim()}\n${answer.issuing.trim()}\n` })
}

/** A new key and its certificate, signed in with the present one. */
export const renew = async (identity: OwnIdentity, signal?: AbortSignal): Promise<void> => {
  const key = makeKey()
  const answer = await ask({
    url: identity.deviceUrl,
    path: renewPath,
    body: { csr: makeCsr(key, subject) },
    answer: RenewAnswer,
    tls: { key: identity.tls.key, cert: identity.tls.cert, ca: identity.ca },
    ...(signal ? { signal } : {})
  })
  await take(identity, answer, keyToPem(key))
}

/** The same when the present certificate has ended: it signs in nowhere, but its key still signs the request. */
export const recover = async (identity: OwnIdentity, atMs: number, signal?: AbortSignal): Promise<void> => {
  const key = makeKey()
  const csr = makeCsr(key, subject)
  const [certificate] = identity.tls.cert.split(/(?<=-----END CERTIFICATE-----\n)/)
  const answer = await ask({
    url: identity.joinUrl,
    path: recoverPath,
    body: {
      csr,
      certificate,
      sig: sign('sha256', Buffer.from(csr, 'utf8'), identity.tls.key).toString('base64url')
    },
    answer: RenewAnswer,
    tls: { rejectUnauthorized: false },
    check: socket => {
      checkShown(socket, { pin: { root: identity.ca }, host: hostOf(identity.joinUrl).host, atMs })
    },
    ...(signal ? { signal } : {})
  })
  await take(identity, answer, keyToPem(key))
}

/** What is due for a certificate at `atMs`. */
export const due = (
  life: { fromMs: number; toMs: number },
  atMs: number
): 'nothing' | 'renew' | 'recover' | 'enrol' => {
  if (atMs > life.toMs + limits.recoverDays * dayMs) return 'enrol'
  if (atMs > life.toMs) return 'recover'
  return atMs >= life.fromMs + limits.renewAfterDays * dayMs ? 'renew' : 'nothing'
}

/**
 * Keeps the tls certificate alive: from day 10 it tries once a day to renew, after the end each hour to recover
 * (0-decisions, Keys). Returns when the signal fires.
 * @param options.nowMs the best time the box has.
 */
export const keepRenewed = async (options: {
  identity: OwnIdentity
  clock: Clock
  nowMs(): number
  signal: AbortSignal
  log: Log
}): Promise<void> => {
  const { identity, clock, signal, log } = options
  let triedMonoMs = Number.NEGATIVE_INFINITY
  while (!signal.aborted) {
    const nowMs = options.nowMs()
    const what = due(tlsLife(identity), nowMs)
    const restMs = what === 'renew' ? dayMs : hourMs
    if (what !== 'nothing' && clock.monoMs() - triedMonoMs >= restMs) {
      triedMonoMs = clock.monoMs()
      try {
        if (what === 'renew') await renew(identity, signal)
        else await recover(identity, nowMs, signal)
        log.info({ what, toMs: tlsLife(identity).toMs }, 'certificate renewed')
      } catch (error) {
        log.warn({ what, err: error }, 'certificate not renewed')
      }
    }
    await clock.sleep(hourMs / 4, signal).catch(() => {})
  }
}
