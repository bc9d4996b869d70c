import { createPrivateKey, generateKeyPairSync, type KeyObject, webcrypto, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, writeDurably } from '@matthan/base/files'

/** The three keys of a box (0-decisions, Keys): for its connection, for what it states, for its ledger. */
export const keyKinds = ['tls', 'statement', 'log'] as const
export type KeyKind = (typeof keyKinds)[number]

/** A new ECDSA P-256 key; it never leaves this machine. */
export const makeKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

export const keyToPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

/** The same key for WebCrypto, which seals statements; it cannot be taken out again. */
export const signingKeyOf = async (pem: string): Promise<webcrypto.CryptoKey> => {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
  return await webcrypto.subtle.importKey('pkcs8', der, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
}

/** Whether a certificate (PEM, the first one of a chain) is of this private key (PEM). */
export const belongTogether = (certificatePem: string, keyPem: string): boolean =>
  new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem))

/**
 * The keys with which this box asks for its certificates: made once and kept until the answer is there, so that asking
 * again after a lost answer gets the same certificates.
 */
export const pendingKeys = async (folder: string): Promise<Record<KeyKind, KeyObject>> => {
  await makeFolder(folder, 0o700)
  const key = async (kind: KeyKind): Promise<KeyObject> => {
    const path = join(folder, `${kind}.key`)
    const known = await readFile(path, 'utf8').catch(() => undefined)
    if (known !== undefined) return createPrivateKey(known)
    const made = makeKey()
    await writeDurably(path, keyToPem(made), 0o600)
    return made
  }
  return { tls: await key('tls'), statement: await key('statement'), log: await key('log') }
}
