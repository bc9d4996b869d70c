import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, systemClock } from '@matthan/base/clock'
import { newId } from '@matthan/base/id'
import { EnrolRequest, RecoverRequest, RenewRequest, writeCode } from '@matthan/protocol/enrolment'
import { pinOf } from '@matthan/protocol/pin'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Asked, makeTestAuthority, startTestServer } from '../testing/authority.ts'
import { makeCsr } from './csr.ts'
import { askTime, enrol } from './enrol.ts'
import { isEnrolled, readIdentity } from './files.ts'
import { belongTogether, keyToPem, makeKey } from './keys.ts'
import { due, recover, renew, tlsLife } from './renewal.ts'

const days = 24 * 3600_000
const secret = 'KQ7M2XTD'
const codeFor = (root: string): string => writeCode({ secret, pin: pinOf(secret, new X509Certificate(root).raw) })

describe('a request for a certificate', () => {
  it('is one that openssl takes, with its signature', () => {
    const csr = makeCsr(makeKey(), 'matthan tls')
    const said = execFileSync('openssl', ['req', '-verify', '-noout', '-subject'], { input: csr, stdio: 'pipe' })
    expect(said.toString()).toMatch(/CN = matthan tls/)
  })
})

describe('enrolment', () => {
  const boxId = newId()
  let authority: ReturnType<typeof makeTestAuthority>
  let stranger: ReturnType<typeof makeTestAuthority>
  let code: string
  let dataFolder: string
  const open: { close(): Promise<void> }[] = []

  beforeAll(() => {
    authority = makeTestAuthority()
    stranger = makeTestAuthority()
    code = codeFor(authority.root)
  })
  afterAll(() => {
    authority.close()
    stranger.close()
  })
  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'matthan-enrol-'))
  })
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
    await rm(dataFolder, { recursive: true, force: true })
  })

  const serve = async (tls: Parameters<typeof startTestServer>[0], answer?: (asked: Asked) => unknown) => {
    const normal = ({ path, body }: Asked) =>
      path === '/time' ? { centreTimeMs: Date.now() } : authority.answer(EnrolRequest.parse(body), boxId)
    const server = await startTestServer(tls, answer ?? normal)
    open.push(server)
    return server
  }
  const enrolAt = (port: number, options: { clock?: Clock; host?: string; code?: string } = {}) =>
    enrol({
      dataFolder,
      server: `${options.host ?? '127.0.0.1'}:${port}`,
      code: options.code ?? code,
      clock: options.clock ?? systemClock
    })

  it('makes keys that only this box can read, and an identity that fits together', async () => {
    const server = await serve(authority.server())
    const { name } = await enrolAt(server.port)
    expect(name).toBe('Phường Bến Nghé')
    const identity = await readIdentity(dataFolder)
    expect(identity).toMatchObject({ boxId, mqttUrl: 'mqtts://127.0.0.1:8883', ca: authority.root })
    expect(belongTogether(identity.tls.cert, identity.tls.key)).toBe(true)
    expect([...identity.commandKeys.keys()]).toEqual(['k1'])
    const folder = join(dataFolder, 'identity')
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    for (const name of (await readdir(folder)).filter(one => one.endsWith('.key')))
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
    // Nothing that was sent is a private key.
    expect(JSON.stringify(server.asked)).not.toMatch(/PRIVATE/)
    await expect(enrolAt(server.port)).rejects.toMatchObject({ key: 'identity.boxAlreadyEnrolled' })
  })

  it('sends not one byte to a server that is not the centre of the code', async () => {
    const fake = await serve(stranger.server())
    await expect(enrolAt(fake.port)).rejects.toMatchObject({ kind: 'verification', key: 'identity.boxWrongCentre' })
    expect(fake.bytes()).toBe(0)
    expect(await isEnrolled(dataFolder)).toBe(false)
  })

  it('sends nothing to the centre itself when one character of the code is wrong, in either half', async () => {
    const server = await serve(authority.server())
    for (const at of [0, 18]) {
      const wrong = `${code.slice(0, at)}${code[at] === '7' ? '8' : '7'}${code.slice(at + 1)}`
      await expect(enrolAt(server.port, { code: wrong })).rejects.toMatchObject({ key: 'identity.boxWrongCentre' })
    }
    expect(server.bytes()).toBe(0)
  })

  it('is not deceived by the true root hung behind a chain of somebody else', async () => {
    const { key, cert } = stranger.server()
    const leaf = cert.split(/(?<=-----END CERTIFICATE-----\n)/)[0]!
    for (const chain of [`${leaf}${authority.root}`, `${leaf}${authority.issuing}${authority.root}`]) {
      const fake = await serve({ key, cert: chain })
      await expect(enrolAt(fake.port)).rejects.toMatchObject({ kind: 'verification' })
      expect(fake.bytes()).toBe(0)
    }
  })

  it('sends nothing to a certificate of another host, of another purpose, or of yesterday', async () => {
    const wanted: [string, string, string][] = [
      ['extendedKeyUsage=serverAuth\nsubjectAltName=DNS:other.example\n', '30', 'host'],
      ['extendedKeyUsage=clientAuth\nsubjectAltName=IP:127.0.0.1\n', '30', 'purpose']
    ]
    for (const [extensions, life, reason] of wanted) {
      const server = await serve(authority.server(extensions, life))
      await expect(enrolAt(server.port)).rejects.toMatchObject({ key: 'identity.boxBadChain', params: { reason } })
      expect(server.bytes()).toBe(0)
    }
    const server = await serve(authority.server())
    const later = { ...systemClock, nowMs: () => Date.now() + 60 * days }
    await expect(enrolAt(server.port, { clock: later })).rejects.toMatchObject({ params: { reason: 'dates' } })
    expect(server.bytes()).toBe(0)
  })

  it('asks for the time first when its own clock cannot be right', async () => {
    const server = await serve(authority.server())
    await enrolAt(server.port, { clock: { ...systemClock, nowMs: () => 1000 } })
    expect(server.asked.map(one => one.path)).toEqual(['/time', '/enrol'])
    expect(server.asked[0]!.body).toBeUndefined()
    const { root } = authority
    expect(await askTime(`https://127.0.0.1:${server.port}`, { root })).toBeGreaterThan(1e12)
    await expect(askTime(`https://127.0.0.1:${server.port}`, { root: stranger.root })).rejects.toMatchObject({
      key: 'identity.boxWrongCentre'
    })
  })

  it('takes no answer about other keys or from another authority, and asks again with the same keys', async () => {
    const answers: ((request: EnrolRequest) => unknown)[] = [
      request => ({ ...authority.answer(request, boxId), root: stranger.root }),
      request => ({ ...authority.answer(request, boxId), boxId: newId() }),
      request => authority.answer({ ...request, csrs: { ...request.csrs, log: makeCsr(makeKey(), 'x') } }, boxId),
      request => authority.answer(request, boxId)
    ]
    const requests: EnrolRequest[] = []
    const server = await serve(authority.server(), ({ body }) => {
      requests.push(EnrolRequest.parse(body))
      return answers[requests.length - 1]!(requests.at(-1)!)
    })
    for (let i = 0; i < 3; i++)
      await expect(enrolAt(server.port)).rejects.toMatchObject({ key: 'identity.boxAnswerWrong' })
    expect(await isEnrolled(dataFolder)).toBe(false)
    await enrolAt(server.port)
    const keyOf = (csr: string) => execFileSync('openssl', ['req', '-noout', '-pubkey'], { input: csr }).toString()
    expect(new Set(requests.map(one => keyOf(one.csrs.tls))).size).toBe(1)
    expect(await isEnrolled(dataFolder)).toBe(true)
  })

  it('passes on the refusal of the centre, and says what is wrong with what was typed', async () => {
    const refusal = { status: 403, kind: 'refused', key: 'identity.codeUnknown', params: {} }
    const server = await serve(authority.server(), () => refusal)
    await expect(enrolAt(server.port)).rejects.toMatchObject({ kind: 'refused', key: 'identity.codeUnknown' })
    await expect(enrolAt(server.port, { code: 'KQ7M' })).rejects.toMatchObject({ key: 'identity.boxCodeShape' })
    await expect(enrolAt(server.port, { host: 'a b' })).rejects.toMatchObject({ key: 'identity.boxServerShape' })
    await expect(enrolAt(1)).rejects.toMatchObject({ kind: 'unreachable' })
  })

  describe('a renewal', () => {
    const enrolledBox = async () => {
      const server = await serve(authority.server())
      await enrolAt(server.port)
      const { issuing, root } = authority
      const answer = ({ path, body }: Asked) => {
        const { csr } = path === '/recover' ? RecoverRequest.parse(body) : RenewRequest.parse(body)
        return { certificate: authority.sign(csr, boxId), issuing, root, centreTimeMs: Date.now() }
      }
      const join = await serve(authority.server(), answer)
      const device = await serve({ ...authority.server(), ca: root, requestCert: true }, answer)
      const identity = await readIdentity(dataFolder)
      const urls = { deviceUrl: `https://127.0.0.1:${device.port}`, joinUrl: `https://127.0.0.1:${join.port}` }
      return { join, identity: Object.assign(identity, urls) }
    }

    it('brings a certificate for a new key, and whoever holds the identity sees it', async () => {
      const { identity } = await enrolledBox()
      const before = identity.tls
      await renew(identity)
      expect(identity.tls.key).not.toBe(before.key)
      expect(belongTogether(identity.tls.cert, identity.tls.key)).toBe(true)
      expect((await readIdentity(dataFolder)).tls).toEqual(identity.tls)
    })

    it('is asked for by /recover with the newest key when the certificate has ended', async () => {
      const { identity, join } = await enrolledBox()
      const before = identity.tls
      await recover(identity, Date.now())
      expect(join.asked.map(one => one.path)).toEqual(['/recover'])
      const body = RecoverRequest.parse(join.asked[0]!.body)
      expect(new X509Certificate(body.certificate).raw.equals(new X509Certificate(before.cert).raw)).toBe(true)
      expect(identity.tls.key).not.toBe(before.key)
    })

    it('leaves one key with its own certificate wherever the power is cut', async () => {
      const { identity } = await enrolledBox()
      const folder = join(dataFolder, 'identity')
      const old = identity.tls
      await renew(identity)
      const fresh = identity.tls
      const put = (files: Record<string, string>) =>
        Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)))
      const states: [Record<string, string>, string][] = [
        [{ 'tls.key': old.key, 'tls.pem': old.cert, 'tls.key.next': fresh.key }, old.key],
        [{ 'tls.key': old.key, 'tls.pem': old.cert, 'tls.key.next': fresh.key, 'tls.pem.next': fresh.cert }, fresh.key],
        [{ 'tls.key': fresh.key, 'tls.pem': old.cert, 'tls.pem.next': fresh.cert }, fresh.key]
      ]
      for (const [files, key] of states) {
        for (const name of await readdir(folder)) if (name.startsWith('tls.')) await rm(join(folder, name))
        await put(files)
        const { tls } = await readIdentity(dataFolder)
        expect(tls.key).toBe(key)
        expect(belongTogether(tls.cert, tls.key)).toBe(true)
      }
      await put({ 'tls.key': keyToPem(makeKey()) })
      await expect(readIdentity(dataFolder)).rejects.toMatchObject({ kind: 'config', key: 'identity.boxDamaged' })
      expect(await readFile(join(folder, 'tls.pem'), 'utf8')).toBe(fresh.cert)
    })

    it('is due from day 10, a recovery until 90 days after the end', () => {
      const life = { fromMs: 0, toMs: 30 * days }
      const at = [9.9, 10, 29.9, 30.1, 119.9, 120.1].map(day => due(life, day * days))
      expect(at).toEqual(['nothing', 'renew', 'renew', 'recover', 'recover', 'enrol'])
    })

    it('reads the life of the certificate that the box has', async () => {
      const { identity } = await enrolledBox()
      const { fromMs, toMs } = tlsLife(identity)
      expect(toMs - fromMs).toBe(30 * days)
    })
  })
})
