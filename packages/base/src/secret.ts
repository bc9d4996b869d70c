import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { MatthanError } from './error.ts'
import { writeDurably } from './files.ts'

/**
 * A secret at rest: AES-256-GCM under a key that lies in a file of its own (0640, outside every database and
 * backup), so that a copied store gives nothing away. Base64url of nonce ‖ tag ‖ ciphertext.
 */
export type Sealed = string

export const makeSecretKey = async (path: string): Promise<void> => writeDurably(path, randomBytes(32), 0o640)

export const readSecretKey = (path: string): Buffer => readFileSync(path)

export const sealSecret = (key: Buffer, plain: string): Sealed => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
}

/** @throws MatthanError config when the key is another one or the text was changed. */
export const openSecret = (key: Buffer, sealed: Sealed): string => {
  try {
    const bytes = Buffer.from(sealed, 'base64url')
    const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
    cipher.setAuthTag(bytes.subarray(12, 28))
    return Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]).toString('utf8')
  } catch (error) {
    throw new MatthanError('config', 'base.unsealFailed', {}, { cause: error })
  }
}
