// Before @peculiar/x509, whose container of classes needs it.
import 'reflect-metadata'
import { createHash, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { MatthanError } from '@matthan/base/error'
import { boxUri } from '@matthan/protocol/enrolment'
import { limits } from '@matthan/protocol/limits'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator
} from '@peculiar/x509'
import { p256, type WebKey } from './keys.ts'

/** Certificates are X.509 v3 (RFC 5280), signed with ECDSA and SHA-256. */
const dayMs = 24 * 3600_000
const yearMs = 365 * dayMs
/** A box whose clock is a little behind must not find a new certificate "not yet valid" (5-security B3, 21). */
const backdateMs = 10 * 60_000
/**
 * What the centre shows to a box is valid from long before it was made: a box whose clock was set back, or whose battery
 * is flat, must still be able to send evidence (seen: an hour back stopped every upload). Nothing is lost by it: the
 * key did not exist then, and a box trusts one root only.
 */
const shownFrom = Date.UTC(2020, 0, 1)

/** What a key of a box is for. Only `tls` may sign in to a listener; only `statement` may sign evidence. */
export type BoxKeyKind = 'tls' | 'statement' | 'log'

type Issuer = { certificate: X509Certificate; key: WebKey }
type Wanted = {
  subject: string
  publicKey: WebKey | Pkcs10CertificateRequest['publicKey']
  lifeMs: number
  extensions: Extension[]
  /** UTC ms; left out: a little before now. */
  fromMs?: number
}

/** A serial number of 127 random bits, so that it is positive and never has a leading zero byte (RFC 5280 4.1.2.2). */
const newSerial = (): string => {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return bytes.toString('hex')
}

/** A common name may hold 64 characters (RFC 5280, ub-common-name) and no separators of the text form. */
const commonName = (text: string): string =>
  `CN=${text
    .replace(/[",+<>;=\\#\p{Cc}]/gu, ' ')
    .slice(0, 64)
    .trim()}`

/** Never valid for longer than the certificate that signs it. */
const issue = async (issuer: Issuer, wanted: Wanted, nowMs: number): Promise<X509Certificate> =>
  await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: wanted.subject,
    issuer: issuer.certificate.subject,
    notBefore: at(wanted.fromMs ?? nowMs - backdateMs),
    notAfter: at(Math.min(nowMs + wanted.lifeMs, issuer.certificate.notAfter.getTime())),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    publicKey: wanted.publicKey,
    signingKey: issuer.key,
    extensions: [
      ...wanted.extensions,
      await SubjectKeyIdentifierExtension.create(wanted.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.certificate.publicKey)
    ]
  })

const at = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000)
const signCertificates = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
const leaf = () => new BasicConstraintsExtension(false, undefined, true)

/** 20 years; its key goes offline after the issuing certificate is made. */
export const makeRoot = async (name: string, keys: { publicKey: WebKey; privateKey: WebKey }, nowMs: number) =>
  await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: commonName(`${name} root`),
    notBefore: at(shownFrom),
    notAfter: at(nowMs + 20 * yearMs),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 1, true),
      new KeyUsagesExtension(signCertificates, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey)
    ]
  })

/** 10 years; signs certificates of boxes and of the centre, no further authority. */
export const makeIssuing = (name: string, publicKey: WebKey, root: Issuer, nowMs: number) =>
  issue(
    root,
    {
      subject: commonName(`${name} issuing`),
      publicKey,
      lifeMs: 10 * yearMs,
      fromMs: shownFrom,
      extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(signCertificates, true)]
    },
    nowMs
  )

/** No extended key usage: any would fail plain `openssl cms -verify` (0-decisions, Keys). */
const signsEvidence = () => [
  leaf(),
  new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation, true)
]

/** The centre's own key of evidence: `seal` for a year, `log` as long as the issuing certificate. */
export const issueCentre = (kind: 'seal' | 'log', name: string, publicKey: WebKey, issuer: Issuer, nowMs: number) =>
  issue(
    issuer,
    {
      subject: commonName(`${name} ${kind}`),
      publicKey,
      lifeMs: kind === 'seal' ? yearMs : 20 * yearMs,
      extensions: signsEvidence()
    },
    nowMs
  )

/** @param hosts names and addresses by which boxes and browsers reach the centre. */
export const issueServer = (hosts: readonly string[], publicKey: WebKey, issuer: Issuer, nowMs: number) =>
  issue(
    issuer,
    {
      subject: commonName(hosts[0] ?? 'localhost'),
      publicKey,
      lifeMs: yearMs,
      fromMs: shownFrom,
      extensions: [
        leaf(),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(hosts.map(value => ({ type: isIP(value) ? 'ip' : 'dns', value })))
      ]
    },
    nowMs
  )

/** A certificate of a box. Its URI is the only name in it that counts (I7). */
export const issueForBox = (
  kind: BoxKeyKind,
  request: Pkcs10CertificateRequest,
  boxId: string,
  issuer: Issuer,
  nowMs: number
) => {
  const purpose =
    kind === 'tls'
      ? [
          leaf(),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])
        ]
      : signsEvidence()
  const lifeMs = { tls: limits.certificateDays * dayMs, statement: yearMs, log: 20 * yearMs }[kind]
  const name = new SubjectAlternativeNameExtension([{ type: 'url', value: boxUri(boxId) }])
  return issue(
    issuer,
    { subject: commonName(`${kind} ${boxId}`), publicKey: request.publicKey, lifeMs, extensions: [...purpose, name] },
    nowMs
  )
}

/**
 * A request (PKCS#10, RFC 2986): its key must be P-256 and must have signed it. Nothing else in it is believed.
 * @throws MatthanError usage
 */
export const readRequest = async (pem: string): Promise<Pkcs10CertificateRequest> => {
  const bad = (cause?: unknown) => new MatthanError('usage', 'identity.badRequest', {}, { cause })
  try {
    const request = new Pkcs10CertificateRequest(pem)
    const algorithm: { name: string; namedCurve?: string } = request.publicKey.algorithm
    if (algorithm.name !== p256.name || algorithm.namedCurve !== p256.namedCurve || !(await request.verify()))
      throw bad()
    return request
  } catch (error) {
    throw error instanceof MatthanError ? error : bad(error)
  }
}

/** As it stands in a store: PEM and what is looked up by. */
export type Issued = {
  serial: string
  pem: string
  /** SHA-256 of the DER, lower-case hex. */
  sha256: string
  notBeforeMs: number
  notAfterMs: number
}

export const issued = (certificate: X509Certificate): Issued => ({
  serial: certificate.serialNumber,
  pem: `${certificate.toString('pem')}\n`,
  sha256: createHash('sha256').update(new Uint8Array(certificate.rawData)).digest('hex'),
  notBeforeMs: certificate.notBefore.getTime(),
  notAfterMs: certificate.notAfter.getTime()
})
