import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Time,
  Validity,
  Version
} from '@peculiar/asn1-x509'
import { ownBuffer } from '../digest.ts'
import { ecdsaP256, type SigningKey, signP256 } from '../ecdsa.ts'

/** Certificates for tests: root → issuing → whoever signs, as the centre makes them. */
export type TestKey = { key: SigningKey; certificate: Uint8Array<ArrayBuffer>; name: string }

const ecdsaWithSha256 = '1.2.840.10045.4.3.2'
const day = 86_400_000
export const testNowMs = Date.UTC(2026, 10, 24, 7, 2, 0)

const nameOf = (commonName: string): Name =>
  new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: '2.5.4.3', value: new AttributeValue({ utf8String: commonName }) })
    ])
  ])

const extension = (extnID: string, critical: boolean, value: unknown): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })

export type CertificateWish = {
  name: string
  by?: TestKey
  authority?: boolean
  uri?: string
  usage?: number
  extendedUsage?: string
  notBeforeMs?: number
  notAfterMs?: number
}

export const makeKey = async (wish: CertificateWish): Promise<TestKey> => {
  const pair = await crypto.subtle.generateKey(ecdsaP256, true, ['sign', 'verify'])
  const spki = await crypto.subtle.exportKey('spki', pair.publicKey)
  const signatureAlgorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 })
  const serial = crypto.getRandomValues(new Uint8Array(12))
  serial[0] = 0x41
  const usage =
    wish.usage ??
    (wish.authority ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation)
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: ownBuffer(serial),
    signature: signatureAlgorithm,
    issuer: nameOf(wish.by?.name ?? wish.name),
    validity: new Validity({
      notBefore: new Time(wish.notBeforeMs ?? testNowMs - day).getTime(),
      notAfter: new Time(wish.notAfterMs ?? testNowMs + 365 * day).getTime()
    }),
    subject: nameOf(wish.name),
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    extensions: new Extensions([
      ...(wish.authority ? [extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: true }))] : []),
      extension(id_ce_keyUsage, true, new KeyUsage(usage)),
      ...(wish.uri
        ? [
            extension(
              id_ce_subjectAltName,
              false,
              new SubjectAlternativeName([new GeneralName({ uniformResourceIdentifier: wish.uri })])
            )
          ]
        : []),
      ...(wish.extendedUsage ? [extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([wish.extendedUsage]))] : [])
    ])
  })
  const signature = await signP256(
    wish.by?.key ?? pair.privateKey,
    new Uint8Array(AsnConvert.serialize(tbsCertificate))
  )
  const certificate = new Certificate({ tbsCertificate, signatureAlgorithm, signatureValue: ownBuffer(signature) })
  return { key: pair.privateKey, certificate: new Uint8Array(AsnConvert.serialize(certificate)), name: wish.name }
}

export type TestAuthority = { root: TestKey; issuing: TestKey }

export const makeAuthority = async (name = 'Test'): Promise<TestAuthority> => {
  const root = await makeKey({ name: `${name} root`, authority: true })
  return { root, issuing: await makeKey({ name: `${name} issuing`, authority: true, by: root }) }
}
