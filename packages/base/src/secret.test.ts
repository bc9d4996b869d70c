import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeSecretKey, openSecret, readSecretKey, sealSecret } from './secret.ts'

describe('a sealed secret', () => {
  let folder: string
  let key: Buffer
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'matthan-secret-'))
    await makeSecretKey(join(folder, 'key'))
    key = readSecretKey(join(folder, 'key'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('opens with its key, whatever letters it has', () => {
    for (const plain of ['', 'mật khẩu ✓', 'x'.repeat(5000)])
      expect(openSecret(key, sealSecret(key, plain))).toBe(plain)
  })

  it('looks different each time and shows nothing of the plain text', () => {
    const [first, second] = [sealSecret(key, 'secret'), sealSecret(key, 'secret')]
    expect(first).not.toBe(second)
    expect(Buffer.from(first, 'base64url').toString('latin1')).not.toContain('secret')
  })

  it('does not open with another key, nor when one bit of it was changed or its end is lost', () => {
    const sealed = sealSecret(key, 'secret')
    const refused = expect.objectContaining({ kind: 'config', key: 'base.unsealFailed' })
    const bytes = Buffer.from(sealed, 'base64url')
    for (let i = 0; i < bytes.length; i++) {
      const flipped = Buffer.from(bytes)
      flipped[i]! ^= 1
      expect(() => openSecret(key, flipped.toString('base64url'))).toThrow(refused)
    }
    expect(() => openSecret(Buffer.alloc(32), sealed)).toThrow(refused)
    for (const cut of [sealed.slice(0, -2), sealed.slice(0, 10), ''])
      expect(() => openSecret(key, cut)).toThrow(refused)
  })

  it('has a key that strangers cannot read', async () => {
    expect(key).toHaveLength(32)
    expect((await stat(join(folder, 'key'))).mode & 0o777).toBe(0o640)
  })
})
