import { createPublicKey, type KeyObject, sign } from 'node:crypto'
import { sequence, tlv } from '@matthan/evidence/der'

/** DER tags (X.690) of what a request is made of. */
const tag = { integer: 0x02, bitString: 0x03, utf8String: 0x0c, oid: 0x06, set: 0x31, attributes: 0xa0 }
/** id-at-commonName, 2.5.4.3 */
const commonName = Uint8Array.of(0x55, 0x04, 0x03)
/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2 */
const ecdsaWithSha256 = Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)

/**
 * A PKCS#10 request (RFC 2986), PEM, for an ECDSA P-256 key. The subject is only a label: the centre puts the box's id
 * into the certificate itself. Written out here because @peculiar/x509 costs the agent 20 MB for these ten lines.
 */
export const makeCsr = (privateKey: KeyObject, subject: string): string => {
  const name = sequence(
    tlv(tag.set, sequence(tlv(tag.oid, commonName), tlv(tag.utf8String, Buffer.from(subject, 'utf8'))))
  )
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const info = sequence(tlv(tag.integer, Uint8Array.of(0)), name, spki, tlv(tag.attributes))
  const signature = sign('sha256', info, privateKey)
  const request = sequence(
    info,
    sequence(tlv(tag.oid, ecdsaWithSha256)),
    tlv(tag.bitString, Uint8Array.of(0), signature)
  )
  const lines = Buffer.from(request)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`
}
