import { z } from 'zod'
import { Id, Milliseconds, Name, text } from './scalars.ts'

/**
 * The join listener (HTTPS without client certificate): `POST /enrol`, `POST /recover`, `GET /time`.
 * A code is 16 characters of Crockford base32, written `KQ7M-2XTD-9F3A-7BCD`: the first half is the secret, the second
 * pins the root certificate under that secret (`pin.ts`): the box holds it against the chain that it is shown before it
 * sends the first.
 */
export const enrolPath = '/enrol'
export const recoverPath = '/recover'
export const timePath = '/time'
/** On the box listener, with the client certificate: a new `tls` certificate for a new key. */
export const renewPath = '/renew'

export const codeAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** The two halves of a code, 8 characters each. */
export type EnrolCode = { secret: string; pin: string }
/** Typed by a person: lower case, O for 0, I and L for 1 and any separators are understood. 16 characters, or undefined. */
export const readCode = (typed: string): EnrolCode | undefined => {
  const code = typed
    .toUpperCase()
    .replace(/[\s.-]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
  if (code.length !== 16 || [...code].some(c => !codeAlphabet.includes(c))) return undefined
  return { secret: code.slice(0, 8), pin: code.slice(8) }
}
export const writeCode = ({ secret, pin }: EnrolCode): string => `${secret}${pin}`.replace(/(.{4})(?=.)/g, '$1-')

/** PEM of a PKCS#10 request (RFC 2986) with a P-256 key. */
const Csr = z.string().max(4000).startsWith('-----BEGIN CERTIFICATE REQUEST-----')
const Pem = z.string().max(16_000).startsWith('-----BEGIN CERTIFICATE-----')

export const EnrolRequest = z.object({
  code: z.string().max(40),
  csrs: z.object({ tls: Csr, statement: Csr, log: Csr }),
  hostName: text(100),
  agentVersion: text(60),
  /** What the hardware is, so that a second box with the same code or disk is seen. */
  fingerprint: z.string().max(128)
})
export type EnrolRequest = z.infer<typeof EnrolRequest>

export const EnrolAnswer = z.object({
  boxId: Id,
  name: Name,
  certificates: z.object({ tls: Pem, statement: Pem, log: Pem }),
  /** Issuing and root certificate, PEM; the code pins the root. */
  issuing: Pem,
  root: Pem,
  /** Keys that sign orders and receipts: keyId → SPKI, base64url. */
  commandKeys: z.record(z.string().max(64), z.string().max(500)),
  /** Where to go: `mqtts://host:8883` and `https://host:8444`. */
  mqttUrl: z.string().max(300),
  deviceUrl: z.string().max(300),
  centreTimeMs: Milliseconds
})
export type EnrolAnswer = z.infer<typeof EnrolAnswer>

/** A CSR of a new tls key, signed besides by the box's newest tls key (ECDSA, DER, base64url, over the UTF-8 bytes of `csr`). */
export const RecoverRequest = z.object({ csr: Csr, certificate: Pem, sig: z.string().max(200) })
export type RecoverRequest = z.infer<typeof RecoverRequest>
export const RenewRequest = z.object({ csr: Csr })
export type RenewRequest = z.infer<typeof RenewRequest>
export const RenewAnswer = z.object({ certificate: Pem, issuing: Pem, root: Pem, centreTimeMs: Milliseconds })
export type RenewAnswer = z.infer<typeof RenewAnswer>
export const TimeAnswer = z.object({ centreTimeMs: Milliseconds })
export type TimeAnswer = z.infer<typeof TimeAnswer>

/** The subject alternative name of a box's tls certificate: the only source of a box's identity (I7). */
export const boxUri = (boxId: string): string => `urn:matthan:box:${boxId}`
export const readBoxUri = (uri: string): string | undefined => /^urn:matthan:box:([0-9a-f-]{36})$/.exec(uri)?.[1]
