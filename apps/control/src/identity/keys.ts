import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'

/** ECDSA over P-256: the only kind of key of this project (0-decisions, Keys). */
export const p256 = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** A key of WebCrypto, by the name that Node's types have for it. */
export type WebKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>
export type KeyPair = { publicKey: WebKey; privateKey: WebKey }

export const makeKeyPair = async (): Promise<KeyPair> => await crypto.subtle.generateKey(p256, true, ['sign', 'verify'])

/** PKCS#8 in PEM: what is written to disk. */
export const keyPem = async (key: WebKey): Promise<string> => {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key))
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString()
}

/** A private key from its file, for WebCrypto. It cannot be taken out of there again. */
export const importSigningKey = async (pem: string): Promise<WebKey> => {
  const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' })
  return await crypto.subtle.importKey('pkcs8', new Uint8Array(der), p256, false, ['sign'])
}

/** SubjectPublicKeyInfo, DER, of a key in PEM. */
export const spkiOf = (pem: string): Buffer => createPublicKey(pem).export({ format: 'der', type: 'spki' })

/** The key that signs orders and receipts. */
export type CommandKey = {
  /** First 16 hex digits of the SHA-256 of the public key. */
  keyId: string
  /** Public key as SubjectPublicKeyInfo, base64url: what a box keeps under `keyId`. */
  spki: string
  /** ECDSA P-256 with SHA-256 over the UTF-8 bytes of `payload`; DER, base64url. */
  sign(payload: string): string
}

export const openCommandKey = (pem: string): CommandKey => {
  const key = createPrivateKey(pem)
  const spki = spkiOf(pem)
  return {
    keyId: createHash('sha256').update(spki).digest('hex').slice(0, 16),
    spki: spki.toString('base64url'),
    sign: payload => sign('sha256', Buffer.from(payload, 'utf8'), { key, dsaEncoding: 'der' }).toString('base64url')
  }
}
