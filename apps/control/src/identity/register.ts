import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { constants } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { syncFolder } from '@matthan/base/files'
import type { Log } from '@matthan/base/log'
import { readCertificate } from '@matthan/evidence/certificate'
import { readBoxUri } from '@matthan/protocol/enrolment'
import type { ControlStore } from '../store/open.ts'
import { boxOf, boxRows, endCertificates, endCodes, setRevoked, tlsCertificates } from './store/rows.ts'

/** Who is at the other end of a connection (I7). */
export type Peer = { boxId: string; serial: string; notAfterMs: number }

const clientAuth = '1.3.6.1.5.5.7.3.2'
/** Connections with the old certificate may go on this long after the new one was used for the first time. */
const graceMs = 24 * 3600_000

/**
 * Which boxes and certificates stand, in memory, so that a connection is judged without waiting: between the
 * judgement and the entry of the socket nothing else runs, and no revocation can fall between the two. Only
 * identity writes what it mirrors.
 */
export type Register = {
  /**
   * Our own check of the certificate of a connection, made on every connection: a resumed session says
   * `authorized` with an expired certificate and with an authority that is no longer trusted (0-decisions).
   * @param der the peer's certificate; undefined when it showed none.
   * @throws MatthanError refused, with the first thing that is wrong.
   */
  checkPeer(der: Uint8Array | undefined): Peer
  /** As `checkPeer`, for a certificate that ended at most `expiredMs` ago and has no newer one in use. */
  checkNewest(der: Uint8Array, expiredMs: number): Peer
  /**
   * From now on no connection of this box is accepted, also after a restart and with yesterday's store.
   * @param reason why, for whoever asks later; one line
   * @throws MatthanError notFound
   */
  revoke(boxId: string, reason: string): Promise<void>
  /** Called as soon as a box is revoked, before it is stored. */
  onRevoked(listener: (boxId: string) => void): void
  /** After the commit of a new box or certificate. */
  entered(certificate: { boxId: string; serial: string; issuedMs: number }): void
}

type Entry = { issuedMs: number; endsMs: number | undefined; used: boolean }

export const openRegister = async (options: {
  store: ControlStore
  issuingPem: string
  /** One revoked box a line, `boxId ms reason`; outside the database, so that a restored backup revokes nothing back (5-security, T3). */
  revokedFile: string
  clock: Clock
  log: Log
}): Promise<Register> => {
  const { store, issuingPem, revokedFile, clock, log } = options
  const issuing = new X509Certificate(issuingPem)
  const issuingKey = createPublicKey(issuingPem)
  const states = new Map((await boxRows(store.read)).map(row => [row.box_id, row.state]))
  const certificates = new Map<string, Map<string, Entry>>()
  const listeners: ((boxId: string) => void)[] = []

  const enter = (boxId: string, serial: string, entry: Entry): Entry => {
    const ofBox = certificates.get(boxId) ?? new Map<string, Entry>()
    certificates.set(boxId, ofBox.set(serial, entry))
    return entry
  }
  for (const row of await tlsCertificates(store.read, clock.nowMs()))
    enter(row.box_id, row.serial, { issuedMs: row.issued_ms, endsMs: row.revoked_ms ?? undefined, used: false })
  for (const { boxId, reason } of await revokedEarlier(revokedFile)) {
    if (states.get(boxId) !== 'revoked' && (await boxOf(store.read, boxId)))
      await store.write((trx, note) => {
        note('box', boxId)
        return setRevoked(trx, { boxId, reason, nowMs: clock.nowMs() })
      })
    states.set(boxId, 'revoked')
  }

  const judge = (der: Uint8Array | undefined, expiredMs: number): { peer: Peer; entry: Entry } => {
    const peer = readPeer(der, issuing, issuingKey)
    const nowMs = clock.nowMs()
    if (nowMs > peer.notAfterMs + expiredMs) throw refused('expired', { box: peer.boxId })
    if (nowMs < peer.notBeforeMs) throw refused('not yet valid', { box: peer.boxId })
    const state = states.get(peer.boxId)
    if (state !== 'enrolled') throw refused(state === 'revoked' ? 'box revoked' : 'unknown box', { box: peer.boxId })
    // A certificate that a restored store has forgotten was still signed by us.
    const entry =
      certificates.get(peer.boxId)?.get(peer.serial) ??
      enter(peer.boxId, peer.serial, { issuedMs: peer.notBeforeMs, endsMs: undefined, used: false })
    if (entry.endsMs !== undefined && nowMs >= entry.endsMs) throw refused('certificate revoked', { box: peer.boxId })
    const { boxId, serial, notAfterMs } = peer
    return { peer: { boxId, serial, notAfterMs }, entry }
  }

  /** The first use of a newer certificate ends the older ones, so that an old copy of a disk is worth nothing. */
  const endOlder = (peer: Peer, entry: Entry): void => {
    if (entry.used) return
    entry.used = true
    const ofBox = certificates.get(peer.boxId) ?? new Map<string, Entry>()
    const older = [...ofBox].filter(([, other]) => other.issuedMs < entry.issuedMs && other.endsMs === undefined)
    if (older.length === 0) return
    const endsMs = clock.nowMs() + graceMs
    for (const [, other] of older) other.endsMs = endsMs
    const serials = older.map(([serial]) => serial)
    store.write(trx => endCertificates(trx, serials, endsMs)).catch(err => log.error({ err }, 'certificates not ended'))
  }

  return {
    checkPeer: der => {
      const { peer, entry } = judge(der, 0)
      endOlder(peer, entry)
      return peer
    },
    checkNewest: (der, expiredMs) => {
      const { peer, entry } = judge(der, expiredMs)
      if (entry.endsMs !== undefined) throw refused('a newer certificate is in use', { box: peer.boxId })
      return peer
    },
    revoke: async (boxId, reason) => {
      if (!states.has(boxId) && !(await boxOf(store.read, boxId)))
        throw new MatthanError('notFound', 'identity.boxUnknown', { box: boxId })
      await rememberRevoked(revokedFile, `${boxId} ${clock.nowMs()} ${reason.replace(/\s+/g, ' ')}`)
      states.set(boxId, 'revoked')
      for (const listener of listeners) listener(boxId)
      log.warn({ boxId, reason }, 'box revoked')
      await store.write(async (trx, note) => {
        note('box', boxId)
        await setRevoked(trx, { boxId, reason, nowMs: clock.nowMs() })
        await endCodes(trx, boxId, clock.nowMs())
      })
    },
    onRevoked: listener => void listeners.push(listener),
    entered: ({ boxId, serial, issuedMs }) => {
      if (states.get(boxId) !== 'revoked') states.set(boxId, 'enrolled')
      enter(boxId, serial, { issuedMs, endsMs: undefined, used: false })
    }
  }
}

const refused = (reason: string, about: { box?: string; cause?: unknown } = {}): MatthanError => {
  const { box, cause } = about
  return new MatthanError('refused', 'identity.peerRefused', { reason, ...(box ? { box } : {}) }, { cause })
}

/** What a certificate says that our issuing key signed for signing in; nothing here depends on the time or on a store. */
const readPeer = (
  der: Uint8Array | undefined,
  issuing: X509Certificate,
  issuingKey: KeyObject
): Peer & { notBeforeMs: number } => {
  if (!der || der.length === 0) throw refused('no certificate')
  try {
    const certificate = new X509Certificate(der)
    if (!certificate.checkIssued(issuing) || !certificate.verify(issuingKey)) throw refused('unknown authority')
    // RFC 5280 4.2.1.12: a certificate for evidence has no extended key usage and must not sign in.
    if (!certificate.keyUsage?.includes(clientAuth)) throw refused('wrong purpose')
    const facts = readCertificate(der)
    const boxId = facts.uris.length === 1 ? readBoxUri(facts.uris[0] ?? '') : undefined
    if (!boxId || facts.isAuthority) throw refused('no box in the certificate')
    return { boxId, serial: facts.serial, notBeforeMs: facts.notBeforeMs, notAfterMs: facts.notAfterMs }
  } catch (error) {
    throw error instanceof MatthanError && error.kind === 'refused'
      ? error
      : refused('unreadable certificate', { cause: error })
  }
}

const revokedEarlier = async (file: string): Promise<{ boxId: string; reason: string }[]> => {
  const text = await readFile(file, 'utf8').catch(error => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text.split('\n').flatMap(line => {
    const [boxId, , ...reason] = line.split(' ')
    return boxId ? { boxId, reason: reason.join(' ') } : []
  })
}

const rememberRevoked = async (file: string, line: string): Promise<void> => {
  const handle = await open(file, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600)
  try {
    await handle.writeFile(`${line}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await syncFolder(dirname(file))
}
