import { ECDSASigValue } from '@peculiar/asn1-ecc'
import { AsnConvert } from '@peculiar/asn1-schema'
import { equalBytes } from './der.ts'
import { ownBuffer } from './digest.ts'

/** ECDSA over P-256 with SHA-256 (RFC 5758, RFC 5480): the only signature of this package. */
export const ecdsaP256 = { name: 'ECDSA', namedCurve: 'P-256' } as const
const withSha256 = { name: 'ECDSA', hash: 'SHA-256' } as const
const half = 32

/** A private key of WebCrypto; its type has another name in Node and in browsers. */
export type SigningKey = Parameters<typeof crypto.subtle.sign>[1]

/** DER wants the shortest two's complement (X.690 8.3). */
const toInteger = (fixed: Uint8Array): ArrayBuffer => {
  let from = 0
  while (from < fixed.length - 1 && fixed[from] === 0) from++
  const bytes = fixed.subarray(from)
  return ownBuffer(bytes[0]! & 0x80 ? Uint8Array.of(0, ...bytes) : bytes)
}

const toFixed = (integer: ArrayBuffer): Uint8Array | undefined => {
  let bytes = new Uint8Array(integer)
  while (bytes.length > half && bytes[0] === 0) bytes = bytes.subarray(1)
  if (bytes.length > half) return undefined
  const out = new Uint8Array(half)
  out.set(bytes, half - bytes.length)
  return out
}

/** r ‖ s, as WebCrypto has it → DER, as X.509 and CMS have it. */
export const toDerSignature = (raw: Uint8Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    AsnConvert.serialize(new ECDSASigValue({ r: toInteger(raw.subarray(0, half)), s: toInteger(raw.subarray(half)) }))
  )

/** DER → r ‖ s; undefined when it is not the one DER encoding of two numbers of 32 bytes. */
const fromDerSignature = (der: Uint8Array): Uint8Array | undefined => {
  try {
    const { r, s } = AsnConvert.parse(ownBuffer(der), ECDSASigValue)
    const [first, second] = [toFixed(r), toFixed(s)]
    if (!first || !second) return undefined
    const raw = Uint8Array.of(...first, ...second)
    return equalBytes(toDerSignature(raw), der) ? raw : undefined
  } catch {
    return undefined
  }
}

/** @returns the signature in DER. */
export const signP256 = async (key: SigningKey, data: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  toDerSignature(new Uint8Array(await crypto.subtle.sign(withSha256, key, ownBuffer(data))))

/** @param spki the public key as SubjectPublicKeyInfo. False also for a key that is not P-256. */
export const verifyP256 = async (spki: Uint8Array, der: Uint8Array, data: Uint8Array): Promise<boolean> => {
  const raw = fromDerSignature(der)
  if (!raw) return false
  try {
    const key = await crypto.subtle.importKey('spki', ownBuffer(spki), ecdsaP256, false, ['verify'])
    return await crypto.subtle.verify(withSha256, key, ownBuffer(raw), ownBuffer(data))
  } catch {
    return false
  }
}
