import { createPrivateKey as createPrivate, createPublicKey, verify, X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@matthan/base/clock'
import { openSeal, sealBytes } from '@matthan/evidence/seal'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAuthority } from './authority.ts'
import { makeRequest } from './testing/house.ts'

const dayMs = 24 * 3600_000
let folder: string
const open = (shiftMs = 0, hosts = ['localhost', '127.0.0.1']) =>
  openAuthority(join(folder, 'ca'), {
    name: 'Trung tâm',
    hosts,
    clock: { ...systemClock, nowMs: () => systemClock.nowMs() + shiftMs }
  })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'matthan-ca-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('authority', () => {
  it('is made once, with keys that only its owner reads, and is the same after a restart', async () => {
    const first = await open()
    const second = await open()
    expect(second.rootSha256).toBe(first.rootSha256)
    expect(second.rootPem).toBe(first.rootPem)
    expect(second.serverTls).toEqual(first.serverTls)
    expect(second.command.keyId).toBe(first.command.keyId)
    expect((await stat(join(folder, 'ca'))).mode & 0o777).toBe(0o700)
    for (const name of await readdir(join(folder, 'ca')))
      if (name.endsWith('.key')) expect((await stat(join(folder, 'ca', name))).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['ca'])
  })

  it('works without the key of the root, which is kept offline', async () => {
    await open()
    await unlink(join(folder, 'ca', 'root.key'))
    await expect(open()).resolves.toBeTruthy()
  })

  it('signs orders so that the public key in the enrolment answer verifies them', async () => {
    const { command } = await open()
    const key = createPublicKey({ key: Buffer.from(command.spki, 'base64url'), format: 'der', type: 'spki' })
    const sig = Buffer.from(command.sign('{"lệnh":1}'), 'base64url')
    expect(verify('sha256', Buffer.from('{"lệnh":1}'), key, sig)).toBe(true)
    expect(verify('sha256', Buffer.from('{"lệnh":2}'), key, sig)).toBe(false)
  })

  it('seals what the evidence verifier accepts under its root', async () => {
    const authority = await open()
    const content = new TextEncoder().encode('bag')
    const { sealKey: key, sealCertificate: certificate, issuingDer: issuing } = authority
    const seal = await sealBytes(content, { key, certificate, issuing, atMs: systemClock.nowMs() })
    await expect(openSeal(seal, content, { roots: [authority.rootDer] })).resolves.toMatchObject({
      signerSubject: 'CN=Trung tâm seal'
    })
  })

  it('makes a new server and seal certificate when they end soon or the hosts are others', async () => {
    const first = await open()
    const later = await open(340 * dayMs)
    expect(later.serverTls.cert).not.toBe(first.serverTls.cert)
    expect(later.sealCertificate).not.toEqual(first.sealCertificate)
    const moved = await open(340 * dayMs, ['centre.example'])
    expect(new X509Certificate(moved.serverTls.cert).checkHost('centre.example')).toBe('centre.example')
    expect(await moved.renewDue()).toBe(false)
  })

  it('mends a pair that a crash left half written', async () => {
    const first = await open()
    const key = join(folder, 'ca', 'server.key')
    await writeFile(key, await readFile(join(folder, 'ca', 'log.key')))
    const mended = await open()
    const certificate = new X509Certificate(mended.serverTls.cert)
    expect(mended.serverTls.key).not.toBe(first.serverTls.key)
    expect(certificate.checkPrivateKey(createPrivate(mended.serverTls.key))).toBe(true)
  })

  it('issues a certificate of each purpose and believes nothing of the request but its key', async () => {
    const authority = await open()
    const { csr } = await makeRequest()
    const boxId = '01a20d14-7954-73be-8d07-a594911fd3ae'
    const made = await authority.issueBox('tls', csr, boxId)
    const tls = new X509Certificate(made.pem)
    expect(tls.subjectAltName).toBe(`URI:urn:matthan:box:${boxId}`)
    expect(tls.subject).toBe(`CN=tls ${boxId}`)
    expect(tls.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
    expect(tls.serialNumber.toLowerCase()).toBe(made.serial)
    expect(made.notAfterMs - systemClock.nowMs()).toBeGreaterThan(29.9 * dayMs)
    expect(new X509Certificate((await authority.issueBox('statement', csr, boxId)).pem).keyUsage).toBeUndefined()
    await expect(authority.issueBox('tls', csr.replace(/[A-Z]{4}/, 'AAAA'), boxId)).rejects.toThrow()
  })
})
