import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MatthanError } from '@matthan/base/error'
import { KeyUsageFlags } from '@peculiar/asn1-x509'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toPem } from './pem.ts'
import { openSeal, sealBytes } from './seal.ts'
import { makeAuthority, makeKey, type TestAuthority, type TestKey, testNowMs } from './testing/keys.ts'

const content = new TextEncoder().encode('abc  data/original/one.mp4\n')
let authority: TestAuthority
let sealer: TestKey
let folder: string

const sealWith = (signer: TestKey, atMs = testNowMs) =>
  sealBytes(content, { key: signer.key, certificate: signer.certificate, issuing: authority.issuing.certificate, atMs })

/** The key of the error that a promise fails with. */
const keyOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => new Error('did not fail'),
    error => error
  )
  return error instanceof MatthanError ? error.key : String(error)
}

beforeAll(async () => {
  authority = await makeAuthority()
  sealer = await makeKey({ name: 'Test seal', by: authority.issuing, uri: 'urn:matthan:centre' })
  folder = mkdtempSync(join(tmpdir(), 'seal-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a seal', () => {
  test('opens over the content that was sealed and tells who sealed it and when', async () => {
    const opened = await openSeal(await sealWith(sealer), content, { roots: [authority.root.certificate] })
    expect(opened).toMatchObject({
      signerSubject: 'CN=Test seal',
      signerUris: ['urn:matthan:centre'],
      signedAtMs: testNowMs,
      certificate: sealer.certificate
    })
    expect(opened.signerSerial).toMatch(/^41[0-9a-f]{22}$/)
  })

  test('is accepted by openssl cms -verify -cades without a purpose', async () => {
    writeFileSync(join(folder, 'seal.p7s'), await sealWith(sealer))
    writeFileSync(join(folder, 'content'), content)
    writeFileSync(join(folder, 'root.pem'), toPem(authority.root.certificate))
    const run = (...more: string[]) =>
      execFileSync(
        'openssl',
        `cms -verify -binary -cades -inform DER -in seal.p7s -content content -CAfile root.pem -out out -attime ${testNowMs / 1000}`
          .split(' ')
          .concat(more),
        { cwd: folder, encoding: 'utf8', stdio: 'pipe' }
      )
    expect(() => run()).not.toThrow()
    writeFileSync(join(folder, 'content'), 'other')
    expect(() => run()).toThrow('Verification failure')
  })

  test('fails for a flipped bit anywhere in it', async () => {
    const seal = await sealWith(sealer)
    let missed = 0
    for (let at = 0; at < seal.length; at += 3) {
      const changed = seal.slice()
      changed[at]! ^= 1 << ((at * 5) & 7)
      const key = await keyOf(openSeal(changed, content, { roots: [authority.root.certificate] }))
      if (!key.startsWith('evidence.')) missed++
    }
    expect(missed).toBe(0)
  })

  test('fails when bytes are cut off or added', async () => {
    const seal = await sealWith(sealer)
    const roots = [authority.root.certificate]
    expect(await keyOf(openSeal(seal.subarray(0, -1), content, { roots }))).toBe('evidence.sealUnreadable')
    expect(await keyOf(openSeal(Uint8Array.of(...seal, 0), content, { roots }))).toBe('evidence.sealProfile')
    expect(await keyOf(openSeal(new Uint8Array(0), content, { roots }))).toBe('evidence.sealUnreadable')
  })

  test('fails over other content', async () => {
    const other = new TextEncoder().encode('other')
    const opened = openSeal(await sealWith(sealer), other, { roots: [authority.root.certificate] })
    expect(await keyOf(opened)).toBe('evidence.sealContent')
  })

  test('fails under another root, also one of the same name', async () => {
    const seal = await sealWith(sealer)
    for (const name of ['Other', 'Test']) {
      const other = await makeAuthority(name)
      expect(await keyOf(openSeal(seal, content, { roots: [other.root.certificate] }))).toBe('evidence.chainUntrusted')
    }
    expect(await keyOf(openSeal(seal, content, { roots: [] }))).toBe('evidence.chainUntrusted')
  })

  test('is made in the validity of the certificates, unless the reader knows a better time', async () => {
    const roots = [authority.root.certificate]
    const late = await sealWith(sealer, testNowMs + 400 * 86_400_000)
    expect(await keyOf(openSeal(late, content, { roots }))).toBe('evidence.certificateNotValid')
    await openSeal(late, content, { roots, atMs: testNowMs })
    const good = await sealWith(sealer)
    const after = { roots, atMs: testNowMs + 400 * 86_400_000 }
    expect(await keyOf(openSeal(good, content, after))).toBe('evidence.certificateNotValid')
  })

  test('is refused from a key that is not for sealing', async () => {
    const by = authority.issuing
    const wrong = [
      await makeKey({ name: 'no nonRepudiation', by, usage: KeyUsageFlags.digitalSignature }),
      await makeKey({ name: 'a client', by, extendedUsage: '1.3.6.1.5.5.7.3.2' })
    ]
    for (const signer of wrong) {
      const opened = openSeal(await sealWith(signer), content, { roots: [authority.root.certificate] })
      expect(await keyOf(opened)).toBe('evidence.certificateUsage')
    }
  })

  test('is refused where the issuer is no authority', async () => {
    const leaf = await makeKey({ name: 'leaf', by: authority.issuing })
    const below = await makeKey({ name: 'below', by: leaf })
    const seal = await sealBytes(content, {
      key: below.key,
      certificate: below.certificate,
      issuing: leaf.certificate,
      atMs: testNowMs
    })
    const opened = openSeal(seal, content, { roots: [authority.issuing.certificate] })
    expect(await keyOf(opened)).toBe('evidence.chainUntrusted')
  })
})
