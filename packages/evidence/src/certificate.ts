import { MatthanError } from '@matthan/base/error'
import { AsnConvert } from '@peculiar/asn1-schema'
import {
  BasicConstraints,
  Certificate,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
  KeyUsageFlags,
  type Name,
  SubjectAlternativeName,
  Time
} from '@peculiar/asn1-x509'
import { equalBytes } from './der.ts'
import { ownBuffer, toHex } from './digest.ts'
import { verifyP256 } from './ecdsa.ts'

/** What we need of an X.509 certificate (RFC 5280), read once. */
export type CertificateFacts = {
  der: Uint8Array<ArrayBuffer>
  parsed: Certificate
  /** Attributes in the order of the certificate, for people. */
  subject: string
  /** Hex digits, as `openssl x509 -serial` has them, in lower case. */
  serial: string
  subjectDer: Uint8Array
  issuerDer: Uint8Array
  spki: Uint8Array
  notBeforeMs: number
  notAfterMs: number
  isAuthority: boolean
  /** Undefined where the authority sets no bound to the length of the path under it. */
  pathLength: number | undefined
  keyUsage: number
  hasExtendedKeyUsage: boolean
  /** URIs of the subject alternative name: whose certificate it is, e.g. `urn:matthan:box:<id>`. */
  uris: string[]
}

const ecdsaWithSha256 = '1.2.840.10045.4.3.2'
const shortNames: Record<string, string> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU'
}

const sayName = (name: Name): string =>
  Array.from(name, rdn =>
    Array.from(rdn, part => `${shortNames[part.type] ?? part.type}=${part.value.toString()}`).join('+')
  ).join(', ')

const unreadable = (cause?: unknown): MatthanError =>
  new MatthanError('verification', 'evidence.certificateUnreadable', {}, { cause })

/**
 * Reads a certificate. Only the one DER encoding of it is accepted, so that no bit can change without being seen.
 * @throws MatthanError verification
 */
export const readCertificate = (input: Uint8Array): CertificateFacts => {
  const der = new Uint8Array(ownBuffer(input))
  try {
    const parsed = AsnConvert.parse(der, Certificate)
    if (!equalBytes(new Uint8Array(AsnConvert.serialize(parsed)), der)) throw unreadable()
    const tbs = parsed.tbsCertificate
    const extension = (id: string): ArrayBuffer | undefined =>
      tbs.extensions?.find(one => one.extnID === id)?.extnValue.buffer
    const [basic, usage, names] = [id_ce_basicConstraints, id_ce_keyUsage, id_ce_subjectAltName].map(extension)
    const constraints = basic && AsnConvert.parse(basic, BasicConstraints)
    return {
      der,
      parsed,
      subject: sayName(tbs.subject),
      serial: toHex(new Uint8Array(tbs.serialNumber)).replace(/^00(?=.)/, ''),
      subjectDer: new Uint8Array(AsnConvert.serialize(tbs.subject)),
      issuerDer: new Uint8Array(AsnConvert.serialize(tbs.issuer)),
      spki: new Uint8Array(AsnConvert.serialize(tbs.subjectPublicKeyInfo)),
      notBeforeMs: tbs.validity.notBefore.getTime().getTime(),
      notAfterMs: tbs.validity.notAfter.getTime().getTime(),
      isAuthority: constraints?.cA === true,
      pathLength: constraints?.pathLenConstraint,
      keyUsage: usage ? AsnConvert.parse(usage, KeyUsage).toNumber() : 0,
      hasExtendedKeyUsage: extension(id_ce_extKeyUsage) !== undefined,
      uris: names
        ? AsnConvert.parse(names, SubjectAlternativeName).flatMap(name => name.uniformResourceIdentifier ?? [])
        : []
    }
  } catch (error) {
    throw error instanceof MatthanError ? error : unreadable(error)
  }
}

const checkIssued = async (child: CertificateFacts, parent: CertificateFacts, below: number): Promise<void> => {
  const { tbsCertificate, signatureAlgorithm, signatureValue } = child.parsed
  const untrusted = new MatthanError('verification', 'evidence.chainUntrusted', { subject: child.subject })
  if (!equalBytes(child.issuerDer, parent.subjectDer)) throw untrusted
  if (!parent.isAuthority || !(parent.keyUsage & KeyUsageFlags.keyCertSign)) throw untrusted
  if (parent.pathLength !== undefined && below > parent.pathLength) throw untrusted
  // RFC 5280 4.1.1.2: the algorithm stands twice, and must be the same.
  if (signatureAlgorithm.algorithm !== ecdsaWithSha256 || tbsCertificate.signature.algorithm !== ecdsaWithSha256)
    throw untrusted
  const signed = new Uint8Array(AsnConvert.serialize(tbsCertificate))
  if (!(await verifyP256(parent.spki, new Uint8Array(signatureValue), signed))) throw untrusted
}

/** Without base/clock, which no browser has. */
const sayUtc = (ms: number): string => new Time(ms).getTime().toISOString()

const checkValidAt = (certificate: CertificateFacts, atMs: number): void => {
  if (atMs >= certificate.notBeforeMs && atMs <= certificate.notAfterMs) return
  throw new MatthanError('verification', 'evidence.certificateNotValid', {
    subject: certificate.subject,
    from: sayUtc(certificate.notBeforeMs),
    to: sayUtc(certificate.notAfterMs),
    at: sayUtc(atMs)
  })
}

/**
 * signer → issuing → one of the roots, all valid at `atMs`; the signer's key is for signing evidence and for
 * nothing else (0-decisions, Keys).
 * @throws MatthanError verification
 */
export const checkChain = async (
  signer: CertificateFacts,
  issuing: CertificateFacts,
  options: { roots: Uint8Array[]; atMs: number }
): Promise<void> => {
  const { roots, atMs } = options
  const root = roots.map(readCertificate).find(one => equalBytes(one.subjectDer, issuing.issuerDer))
  if (!root) throw new MatthanError('verification', 'evidence.chainUntrusted', { subject: issuing.subject })
  await checkIssued(issuing, root, 1)
  await checkIssued(signer, issuing, 0)
  for (const certificate of [signer, issuing, root]) checkValidAt(certificate, atMs)
  const wanted = KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation
  if ((signer.keyUsage & wanted) !== wanted || signer.isAuthority || signer.hasExtendedKeyUsage)
    throw new MatthanError('verification', 'evidence.certificateUsage', { subject: signer.subject })
}
