import { MatthanError } from '@matthan/base/error'
import {
  Attribute,
  CertificateChoices,
  CertificateSet,
  CMSVersion,
  ContentInfo,
  DigestAlgorithmIdentifier,
  DigestAlgorithmIdentifiers,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  id_data,
  id_signedData,
  SignatureAlgorithmIdentifier,
  SignedData,
  SignerIdentifier,
  SignerInfo,
  SignerInfos
} from '@peculiar/asn1-cms'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import { Time } from '@peculiar/asn1-x509'
import { type CertificateFacts, checkChain, readCertificate } from './certificate.ts'
import { compareBytes, equalBytes, octetString, sequence, tlv } from './der.ts'
import { ownBuffer, sha256 } from './digest.ts'
import { type SigningKey, signP256, verifyP256 } from './ecdsa.ts'

/**
 * A seal: detached CMS SignedData (RFC 5652) in DER, CAdES-BES (ETSI EN 319 122-1). One profile only
 * (0-decisions, Keys): one signer, ECDSA P-256 with SHA-256, the certificates of signer and issuing authority, four
 * signed attributes, none unsigned. A reader takes the free values out, encodes them again with `encode`, and
 * wants the same bytes: whatever bit is changed in a seal is found.
 */
const oid = {
  sha256: '2.16.840.1.101.3.4.2.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47'
}
const setTag = 0x31
/** DER of the OID id-data, the content type of everything that is not CMS itself. */
const idDataDer = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01)

/** The free values of a seal; everything else follows from them. */
type Values = { signer: CertificateFacts; issuing: CertificateFacts; digest: Uint8Array; atMs: number }

const der = (schema: unknown): Uint8Array<ArrayBuffer> => new Uint8Array(AsnConvert.serialize(schema))

/** X.690 11.6. */
const sorted = <T>(set: T[]): T[] => set.toSorted((a, b) => compareBytes(der(a), der(b)))

/** RFC 5035: both certificates by their hash, so that neither can be exchanged. SHA-256 is the default and left out. */
const essCertificates = async ({ signer, issuing }: Values): Promise<Uint8Array> => {
  const ids = [signer, issuing].map(async one => sequence(octetString(await sha256(one.der))))
  return sequence(sequence(...(await Promise.all(ids))))
}

const signedAttributes = async (values: Values): Promise<Attribute[]> => {
  const attribute = (attrType: string, value: Uint8Array) => new Attribute({ attrType, attrValues: [ownBuffer(value)] })
  return sorted([
    attribute(oid.contentType, idDataDer),
    attribute(oid.messageDigest, octetString(values.digest)),
    attribute(oid.signingTime, der(new Time(values.atMs))),
    attribute(oid.signingCertificateV2, await essCertificates(values))
  ])
}

/** RFC 5652 5.4: what is signed is the SET OF the attributes, with its own tag. */
const signedBytes = (attributes: Attribute[]): Uint8Array<ArrayBuffer> => tlv(setTag, ...attributes.map(der))

const encode = (values: Values, attributes: Attribute[], signature: Uint8Array): Uint8Array<ArrayBuffer> => {
  const { signer, issuing } = values
  const { issuer, serialNumber } = signer.parsed.tbsCertificate
  const digestAlgorithm = new DigestAlgorithmIdentifier({ algorithm: oid.sha256 })
  const signed = new SignedData({
    version: CMSVersion.v1,
    digestAlgorithms: new DigestAlgorithmIdentifiers([digestAlgorithm]),
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: id_data }),
    certificates: new CertificateSet(
      sorted([signer, issuing].map(one => new CertificateChoices({ certificate: one.parsed })))
    ),
    signerInfos: new SignerInfos([
      new SignerInfo({
        version: CMSVersion.v1,
        sid: new SignerIdentifier({ issuerAndSerialNumber: new IssuerAndSerialNumber({ issuer, serialNumber }) }),
        digestAlgorithm,
        signedAttrs: attributes,
        signatureAlgorithm: new SignatureAlgorithmIdentifier({ algorithm: oid.ecdsaWithSha256 }),
        signature: new OctetString(ownBuffer(signature))
      })
    ])
  })
  return der(new ContentInfo({ contentType: id_signedData, content: ownBuffer(der(signed)) }))
}

export type SealKey = {
  /** ECDSA P-256, may sign. */
  key: SigningKey
  /** Of that key; DER. */
  certificate: Uint8Array
  /** Of the authority that issued it; DER. */
  issuing: Uint8Array
}

/**
 * Seals `content`.
 * @param options.atMs the signing time: UTC milliseconds, cut to seconds.
 * @returns DER for a `.p7s`; `openssl cms -verify -binary -cades -inform DER -content …` accepts it.
 */
export const sealBytes = async (
  content: Uint8Array,
  options: SealKey & { atMs: number }
): Promise<Uint8Array<ArrayBuffer>> => {
  const values: Values = {
    signer: readCertificate(options.certificate),
    issuing: readCertificate(options.issuing),
    digest: await sha256(content),
    atMs: Math.floor(options.atMs / 1000) * 1000
  }
  const attributes = await signedAttributes(values)
  return encode(values, attributes, await signP256(options.key, signedBytes(attributes)))
}

const unreadable = (cause?: unknown): MatthanError =>
  new MatthanError('verification', 'evidence.sealUnreadable', {}, { cause })

/** The free values as they stand in a seal, unchecked. */
const read = (seal: Uint8Array): { values: Values; signature: Uint8Array } => {
  const signed = AsnConvert.parse(AsnConvert.parse(ownBuffer(seal), ContentInfo).content, SignedData)
  const info = signed.signerInfos[0]
  const certificates = Array.from(signed.certificates ?? [], one => one.certificate && readCertificate(der(one)))
  const serial = info?.sid.issuerAndSerialNumber?.serialNumber
  const [first, second] = certificates
  if (!info || !serial || !first || !second) throw unreadable()
  const isSigner = (one: CertificateFacts) =>
    equalBytes(new Uint8Array(one.parsed.tbsCertificate.serialNumber), new Uint8Array(serial)) && !one.isAuthority
  const value = (type: string): ArrayBuffer => {
    const found = info.signedAttrs?.find(one => one.attrType === type)?.attrValues[0]
    if (!found) throw unreadable()
    return found
  }
  return {
    values: {
      signer: isSigner(first) ? first : second,
      issuing: isSigner(first) ? second : first,
      digest: new Uint8Array(AsnConvert.parse(value(oid.messageDigest), OctetString).buffer),
      atMs: AsnConvert.parse(value(oid.signingTime), Time).getTime().getTime()
    },
    signature: new Uint8Array(info.signature.buffer)
  }
}

/** Who sealed, and when by their own clock. */
export type OpenedSeal = {
  signerSubject: string
  signerSerial: string
  /** URIs of the signer's subject alternative name. */
  signerUris: string[]
  /** The signer's own statement, UTC milliseconds; a third party's token may bound it. */
  signedAtMs: number
  /** Of the signer, DER. */
  certificate: Uint8Array<ArrayBuffer>
}

/**
 * Checks a seal over `content` up to one of `roots` (DER).
 * @param options.atMs the instant for which the certificates must be valid; the signing time when left out.
 * @throws MatthanError verification, with the first thing that is wrong.
 */
export const openSeal = async (
  seal: Uint8Array,
  content: Uint8Array,
  options: { roots: Uint8Array[]; atMs?: number }
): Promise<OpenedSeal> => {
  let found: ReturnType<typeof read>
  try {
    found = read(seal)
  } catch (error) {
    throw error instanceof MatthanError ? error : unreadable(error)
  }
  const { values, signature } = found
  const attributes = await signedAttributes(values)
  if (!equalBytes(encode(values, attributes, signature), seal))
    throw new MatthanError('verification', 'evidence.sealProfile')
  const { signer, issuing } = values
  if (!(await verifyP256(signer.spki, signature, signedBytes(attributes))))
    throw new MatthanError('verification', 'evidence.sealSignature')
  // After the signature: now it is the content that is other, not the digest in the seal.
  if (!equalBytes(await sha256(content), values.digest)) throw new MatthanError('verification', 'evidence.sealContent')
  await checkChain(signer, issuing, { roots: options.roots, atMs: options.atMs ?? values.atMs })
  return {
    signerSubject: signer.subject,
    signerSerial: signer.serial,
    signerUris: signer.uris,
    signedAtMs: values.atMs,
    certificate: signer.der
  }
}
