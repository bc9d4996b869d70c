import { createHmac, timingSafeEqual } from 'node:crypto'
import { codeAlphabet, type EnrolCode } from './enrolment.ts'

/**
 * The second half of an enrolment code: the first 40 bits of HMAC-SHA-256 (RFC 2104) over the root certificate, under
 * the secret half as ASCII; 8 characters of Crockford base32. A bare hash of 40 bits can be met by a root that is ground
 * out offline; under the secret nobody who lacks it can tell whether a root would pass (adr/0007).
 * @param secret the code's first half, as `readCode` gives it
 */
export const pinOf = (secret: string, rootDer: Uint8Array): string => {
  const bits = createHmac('sha256', secret).update(rootDer).digest().readUIntBE(0, 5)
  return Array.from({ length: 8 }, (_, i) => codeAlphabet[Math.floor(bits / 32 ** (7 - i)) % 32]).join('')
}

/** Whether the code was made by the centre whose root certificate this is. Takes the same time for every wrong pin. */
export const isPinnedBy = ({ secret, pin }: EnrolCode, rootDer: Uint8Array): boolean => {
  const [right, given] = [Buffer.from(pinOf(secret, rootDer)), Buffer.from(pin)]
  return right.length === given.length && timingSafeEqual(right, given)
}
