import { MatthanError } from '@matthan/base/error'

/** RFC 7468. */
const block = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g

const lines = (base64: string): string => base64.replace(/.{64}(?=.)/g, '$&\n')

/** One certificate as PEM with a final line feed. */
export const toPem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${lines(btoa(Array.from(der, byte => String.fromCharCode(byte)).join('')))}\n-----END CERTIFICATE-----\n`

/** Every certificate in a PEM text, in order, as DER. @throws MatthanError verification when there is none. */
export const fromPem = (pem: string): Uint8Array<ArrayBuffer>[] => {
  const found = [...pem.matchAll(block)].map(match =>
    Uint8Array.from(atob(match[1]!.replace(/\s/g, '')), char => char.charCodeAt(0))
  )
  if (found.length === 0) throw new MatthanError('verification', 'evidence.certificateUnreadable')
  return found
}
