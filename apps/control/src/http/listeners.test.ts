import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { rm, stat, writeFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, request as requestHttp } from 'node:http'
import { Agent, type RequestOptions, request as requestHttps } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { EnrolAnswer, enrolPath, RenewAnswer, recoverPath, renewPath, timePath } from '@matthan/protocol/enrolment'
import { initTRPC } from '@trpc/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  boxOf,
  type House,
  listenerTls,
  makeEnrolRequest,
  makeHouse,
  makeRequest,
  type TestBox
} from '../identity/testing/house.ts'
import { startDevice } from './device.ts'
import { type Listeners, startListeners } from './listeners.ts'

type Answer = { status: number; headers: IncomingHttpHeaders; body: unknown }
type Ask = RequestOptions & { body?: unknown }

const ask = (send: typeof requestHttp, { body, ...options }: Ask): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
    const headers = text === undefined ? {} : { 'content-type': 'application/json' }
    const request = send({ method: text === undefined ? 'GET' : 'POST', headers, ...options }, async response => {
      let answer = ''
      for await (const chunk of response) answer += chunk
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer ? JSON.parse(answer) : '' })
    })
    request.on('error', reject)
    request.end(text)
  })

type Context = { actor: 'console' | 'nobody' }
const t = initTRPC.context<Context>().create()
const router = t.router({ whoAmI: t.procedure.query(({ ctx }) => ctx.actor) })

describe('listeners of the centre', () => {
  let house: House
  let listeners: Listeners
  let socket: string
  let isReady: boolean

  const open = () => {
    const { register, renewal, enrolment } = house.identity
    return startListeners({
      bind: '127.0.0.1',
      ports: { web: 0, device: 0, join: 0 },
      socket,
      tls: listenerTls(house.identity),
      clock: house.clock,
      log: house.log,
      checkPeer: register.checkPeer,
      renew: renewal.renew,
      recover: renewal.recover,
      redeem: enrolment.redeem,
      router,
      webContext: (): Context => ({ actor: 'nobody' }),
      consoleContext: (): Context => ({ actor: 'console' }),
      ready: () => isReady,
      mountUploads: async (app, boxOf) => {
        app.post('/whose', async request => ({ boxId: boxOf(request) }))
      }
    })
  }
  const at = (port: number, path: string, more: Ask = {}) =>
    ask(requestHttps, { host: 'localhost', port, path, ca: house.identity.authority.rootPem, agent: false, ...more })
  const local = (path: string) => ask(requestHttp, { socketPath: socket, path, agent: false })
  const asBox = (box: TestBox, path: string, more: Ask = {}) =>
    at(listeners.ports.device, path, { ...box.tls, ...more })

  beforeEach(async () => {
    house = await makeHouse()
    socket = join(house.folder, 'control.sock')
    isReady = true
    listeners = await open()
  })
  afterEach(async () => {
    await listeners.close()
    await house.close()
  })

  describe('join', () => {
    it('enrols a box that knows nothing but the code, and tells the time', async () => {
      const { code } = await house.identity.enrolment.makeCode({ name: 'A' })
      const { request } = await makeEnrolRequest(code)
      const answer = await at(listeners.ports.join, enrolPath, { body: request })
      expect(answer.status).toBe(200)
      expect(EnrolAnswer.parse(answer.body).name).toBe('A')
      const time = await at(listeners.ports.join, timePath)
      expect(time.body).toEqual({ centreTimeMs: expect.any(Number) })
    })

    it('shows its whole chain, so that a box can compare the root with its code before it sends that', async () => {
      const seen = connect({ port: listeners.ports.join, host: '127.0.0.1', rejectUnauthorized: false })
      await once(seen, 'secureConnect')
      const { issuerCertificate: issuing } = seen.getPeerCertificate(true)
      expect(issuing.issuerCertificate.raw).toEqual(Buffer.from(house.identity.authority.rootDer))
      expect(seen.getProtocol()).toBe('TLSv1.3')
      seen.destroy()
    })

    it('lets one address try five times, whatever it tries', async () => {
      const { code } = await house.identity.enrolment.makeCode({ name: 'A' })
      const { request } = await makeEnrolRequest(code)
      const wrong = { ...request, code: `ZZZZ-ZZZZ-${code.slice(10)}` }
      const statuses: number[] = []
      for (let i = 0; i < 7; i++) statuses.push((await at(listeners.ports.join, enrolPath, { body: wrong })).status)
      expect(statuses).toEqual([403, 403, 403, 403, 403, 429, 429])
      expect((await at(listeners.ports.join, enrolPath, { body: request })).status).toBe(429)
      expect((await at(listeners.ports.join, timePath)).status).toBe(200)
      expect(JSON.stringify(house.logged())).not.toContain(code.slice(0, 4))
    })

    it.each([
      ['an unknown path', '/admin', undefined, 404],
      ['no JSON', enrolPath, '{', 400],
      ['a shape that does not fit', recoverPath, { csr: 1 }, 400],
      ['a prototype', enrolPath, '{"__proto__": {"x": 1}}', 400],
      ['a body that is too large', enrolPath, { code: 'x'.repeat(70_000) }, 413]
    ])('answers %s with an error of ours', async (_, path, body, status) => {
      const answer = await at(listeners.ports.join, path, body === undefined ? {} : { body })
      expect(answer.status).toBe(status)
      expect(answer.body).toMatchObject({ kind: expect.any(String), key: expect.any(String) })
    })
  })

  describe('device', () => {
    let box: TestBox
    beforeEach(async () => {
      box = await house.makeBox('A')
    })

    it('knows the box by its certificate and renews it', async () => {
      expect((await asBox(box, '/whose', { method: 'POST' })).body).toEqual({ boxId: box.boxId })
      const { csr } = await makeRequest()
      const answer = await asBox(box, renewPath, { body: { csr } })
      const renewed = new X509Certificate(RenewAnswer.parse(answer.body).certificate)
      expect(renewed.subjectAltName).toBe(`URI:urn:matthan:box:${box.boxId}`)
    })

    it('lets nobody in without a certificate, or with one for evidence', async () => {
      await expect(at(listeners.ports.device, '/whose', { method: 'POST' })).rejects.toThrow()
      await expect(asBox(box, '/whose', { method: 'POST', ...box.statement })).rejects.toThrow()
      const refused = house.logged().filter(line => line.msg === 'refused')
      expect(refused.map(line => line.what)).toEqual(['handshake refused', 'certificate refused'])
    })

    it('cuts a revoked box that has a connection open, and lets it in no more', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      expect((await asBox(box, '/whose', { method: 'POST', agent })).status).toBe(200)
      const [kept] = Object.values(agent.freeSockets)[0] ?? []
      const gone = once(kept!, 'close')
      house.identity.register.onRevoked(listeners.cut)
      await house.identity.register.revoke(box.boxId, 'test')
      await gone
      await expect(asBox(box, '/whose', { method: 'POST', agent })).rejects.toThrow()
      agent.destroy()
    })

    it('cuts a connection that sends nothing, and one whose headers never end', async () => {
      const { register, renewal } = house.identity
      const device = await startDevice({
        tls: listenerTls(house.identity),
        bind: '127.0.0.1',
        port: 0,
        clock: house.clock,
        log: house.log,
        limits: { silenceMs: 1500, headersMs: 300 },
        checkPeer: register.checkPeer,
        renew: renewal.renew
      })
      const idle = connect({ port: device.port, host: 'localhost', ...box.tls })
      const slow = connect({ port: device.port, host: 'localhost', ...box.tls })
      let answer = ''
      slow.on('data', chunk => {
        answer += chunk
      })
      slow.write('POST /renew HTTP/1.1\r\nHost: localhost\r\nX-A: 1')
      const drip = setInterval(() => slow.write('1'), 200)
      await Promise.all([once(idle, 'close'), once(slow, 'close')])
      clearInterval(drip)
      expect(answer).toContain('408')
      await device.close()
    })
  })

  describe('web', () => {
    it('says that it lives and whether it is ready, with headers that keep a browser careful', async () => {
      expect((await at(listeners.ports.web, '/livez')).status).toBe(200)
      isReady = false
      const answer = await at(listeners.ports.web, '/readyz')
      expect(answer).toMatchObject({ status: 503, body: { ready: false } })
      expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
    })

    it('serves the API to nobody and nothing else', async () => {
      const answer = await at(listeners.ports.web, '/trpc/whoAmI')
      expect(answer.body).toEqual({ result: { data: 'nobody' } })
      expect((await at(listeners.ports.web, '/trpc/unknown')).status).toBe(404)
      expect((await at(listeners.ports.web, enrolPath, { body: {} })).status).toBe(404)
    })
  })

  describe('local socket', () => {
    it('is the console, and nobody but the owner may open it', async () => {
      expect((await stat(socket)).mode & 0o777).toBe(0o600)
      expect((await local('/trpc/whoAmI')).body).toEqual({ result: { data: 'console' } })
    })

    it('refuses a second centre on the same folder, and replaces what a killed one left', async () => {
      await expect(open()).rejects.toEqual(expect.objectContaining({ kind: 'busy' }))
      await listeners.close()
      const dead = createServer().listen(socket)
      await once(dead, 'listening')
      dead.close()
      await writeFile(socket, '')
      listeners = await open()
      expect((await local('/trpc/whoAmI')).status).toBe(200)
      await rm(socket)
    })
  })

  it('takes new ticket keys while it runs', async () => {
    listeners.useTls({ ...listenerTls(house.identity), ticketKeys: Buffer.alloc(48, 1) })
    expect((await at(listeners.ports.web, '/livez')).status).toBe(200)
    const { code } = await house.identity.enrolment.makeCode({ name: 'B' })
    const { request, keys } = await makeEnrolRequest(code)
    const answer = await at(listeners.ports.join, enrolPath, { body: request })
    const box = boxOf(EnrolAnswer.parse(answer.body), keys)
    expect((await asBox(box, '/whose', { method: 'POST' })).status).toBe(200)
  })
})
