import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, type webcrypto } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { newId } from '@matthan/base/id'
import { makeKey, type TestKey } from '@matthan/evidence/testing/keys'
import { completePath, uploadPath } from '@matthan/protocol/upload'

type Held = { orderId: string; name: string; length: number; bytes: Buffer }
type Faults = {
  /** Cuts the connection once this many bytes came in, as a link does; what came is kept. */
  tearAfter?: number
  answer?: { method: string; status: number; times: number }
  /** Which part of the receipt is wrong. */
  forge?: string
}

/** The centre's side of an upload, for tests: tus 1.0 over mTLS in memory, with faults. */
export type FakeVault = Awaited<ReturnType<typeof startFakeVault>>

const wide = { notBeforeMs: Date.UTC(2020, 0), notAfterMs: Date.UTC(2049, 0) }

const pemOf = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
    .trimEnd()}\n-----END ${label}-----\n`
const keyPem = async ({ key }: TestKey): Promise<string> =>
  pemOf('PRIVATE KEY', new Uint8Array(await crypto.subtle.exportKey('pkcs8', key as webcrypto.CryptoKey)))

export const startFakeVault = async (boxId: string) => {
  const root = await makeKey({ name: 'root', authority: true, ...wide })
  const [server, client] = await Promise.all([
    makeKey({ name: 'localhost', by: root, ...wide }),
    makeKey({ name: boxId, by: root, ...wide })
  ])
  const ca = pemOf('CERTIFICATE', root.certificate)
  const command = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const held = new Map<string, Held>()
  const log: string[] = []
  const faults: Faults = {}
  let received = 0

  const find = (orderId: string): Held[] => [...held.values()].filter(one => one.orderId === orderId)

  const receipt = (orderId: string): string => {
    const files = find(orderId).map(({ name, bytes }) => ({
      name,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex')
    }))
    if (faults.forge === 'file') files.pop()
    const told = faults.forge === 'order' ? newId() : orderId
    const payload = JSON.stringify({ what: 'matthan.receipt', orderId: told, boxId, receivedMs: 1, files })
    const signed = faults.forge === 'payload' ? `${payload} ` : payload
    const sig = sign('sha256', Buffer.from(signed), { key: command.privateKey, dsaEncoding: 'der' })
    return JSON.stringify({ payload, keyId: faults.forge === 'key' ? 'other' : 'k1', sig: sig.toString('base64url') })
  }

  const patch = async (request: IncomingMessage, response: ServerResponse, one: Held): Promise<void> => {
    if (Number(request.headers['upload-offset']) !== one.bytes.length) {
      response.writeHead(409).end()
      return
    }
    for await (const part of request as AsyncIterable<Buffer>) {
      received += part.length
      one.bytes = Buffer.concat([one.bytes, part])
      if (faults.tearAfter === undefined || received < faults.tearAfter) continue
      delete faults.tearAfter
      request.socket.destroy()
      return
    }
    response.writeHead(204, { 'upload-offset': one.bytes.length, 'tus-resumable': '1.0.0' }).end()
  }

  const create = (request: IncomingMessage, response: ServerResponse): void => {
    const pairs = String(request.headers['upload-metadata']).split(',')
    const metadata = new Map(pairs.map(pair => pair.split(' ') as [string, string]))
    const read = (key: string): string => Buffer.from(metadata.get(key) ?? '', 'base64').toString()
    const [orderId, name, length] = [read('orderId'), read('name'), Number(request.headers['upload-length'])]
    // A file that is under way is found again, as in the vault.
    const known = [...held].find(([, h]) => h.orderId === orderId && h.name === name && h.length === length)
    const id = known?.[0] ?? newId()
    if (!known) held.set(id, { orderId, name, length, bytes: Buffer.alloc(0) })
    response.writeHead(201, { location: `${uploadPath}/${id}`, 'tus-resumable': '1.0.0' }).end()
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request
    const one = held.get(url.slice(uploadPath.length + 1))
    log.push(`${method} ${one?.name ?? url.split('/').at(-1)}`)
    if (faults.answer?.method === method && faults.answer.times-- > 0) {
      const error = { kind: 'refused', key: 'vault.nameNotStated', params: {} }
      response.writeHead(faults.answer.status, { connection: 'close' }).end(JSON.stringify(error))
      return
    }
    const orderId = url.split('/')[2] ?? ''
    if (method === 'POST' && url === uploadPath) create(request, response)
    else if (method === 'POST' && url === completePath(orderId)) {
      const whole = find(orderId).every(h => h.bytes.length === h.length) && find(orderId).length > 0
      response.writeHead(whole ? 200 : 409).end(whole ? receipt(orderId) : '{}')
    } else if (!one) response.writeHead(404).end()
    else if (method === 'PATCH') await patch(request, response, one)
    else response.writeHead(200, { 'upload-offset': one.bytes.length, 'upload-length': one.length }).end()
  }

  const tls = { key: await keyPem(server), cert: pemOf('CERTIFICATE', server.certificate), ca }
  const listener = createServer({ ...tls, requestCert: true, minVersion: 'TLSv1.3' }, (request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  listener.listen(0, 'localhost')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo

  return {
    held,
    log,
    faults,
    /** Bytes that came in by PATCH, torn ones included. */
    received: () => received,
    identity: {
      boxId,
      tls: { key: await keyPem(client), cert: pemOf('CERTIFICATE', client.certificate) },
      ca,
      deviceUrl: `https://localhost:${port}`,
      commandKeys: new Map<string, KeyObject>([['k1', createPublicKey(command.privateKey)]])
    },
    close: async () => {
      listener.closeAllConnections()
      listener.close()
      await once(listener, 'close')
    }
  }
}
