import { execFileSync } from 'node:child_process'
import { createHash, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { boxUri, type EnrolAnswer, type EnrolRequest } from '@matthan/protocol/enrolment'

const certificateAuthority = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n'
const serverExtensions =
  'keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectAltName=IP:127.0.0.1,DNS:localhost\n'

/** An authority made with openssl: root, issuing, and whatever leaves a test wants. */
export const makeTestAuthority = () => {
  const folder = mkdtempSync(join(tmpdir(), 'matthan-ca-'))
  const path = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const makeKey = (name: string) =>
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', path(`${name}.key`))
  const request = (name: string) => {
    makeKey(name)
    openssl('req', '-new', '-key', path(`${name}.key`), '-subj', `/CN=${name}`, '-out', path(`${name}.csr`))
  }
  const issue = (name: string, by: string, extensions: string, days = '30') => {
    writeFileSync(path('ext'), extensions)
    const serial = `0x4${randomUUID().replaceAll('-', '').slice(1)}`
    const args = ['x509', '-req', '-in', path(`${name}.csr`), '-CA', path(`${by}.pem`), '-CAkey', path(`${by}.key`)]
    openssl(...args, '-set_serial', serial, '-days', days, '-extfile', path('ext'), '-out', path(`${name}.pem`))
    return readFileSync(path(`${name}.pem`), 'utf8')
  }
  makeKey('root')
  writeFileSync(
    path('req.cnf'),
    `[req]\ndistinguished_name=dn\nx509_extensions=v3\n[dn]\n[v3]\n${certificateAuthority}`
  )
  openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    path('root.key'),
    '-subj',
    '/CN=root',
    '-days',
    '3650',
    '-config',
    path('req.cnf'),
    '-out',
    path('root.pem')
  )
  request('issuing')
  const issuing = issue('issuing', 'root', certificateAuthority)
  const root = readFileSync(path('root.pem'), 'utf8')
  const command = generateKeyPairSync('ec', { namedCurve: 'P-256' })

  return {
    root,
    issuing,
    command,
    server: (extensions = serverExtensions, days = '30') => {
      request('server')
      const leaf = issue('server', 'issuing', extensions, days)
      return { key: readFileSync(path('server.key'), 'utf8'), cert: `${leaf}${issuing}${root}` }
    },
    sign: (csr: string, boxId: string): string => {
      writeFileSync(path('box.csr'), csr)
      return issue('box', 'issuing', `keyUsage=critical,digitalSignature\nsubjectAltName=URI:${boxUri(boxId)}\n`)
    },
    answer(request: EnrolRequest, boxId: string): EnrolAnswer {
      const { tls, statement, log } = request.csrs
      return {
        boxId,
        name: 'Phường Bến Nghé',
        certificates: {
          tls: this.sign(tls, boxId),
          statement: this.sign(statement, boxId),
          log: this.sign(log, boxId)
        },
        issuing,
        root,
        commandKeys: {
          k1: createPublicKey(command.privateKey).export({ type: 'spki', format: 'der' }).toString('base64url')
        },
        mqttUrl: 'mqtts://127.0.0.1:8883',
        deviceUrl: 'https://127.0.0.1:8444',
        centreTimeMs: Date.now()
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true })
  }
}

export type Asked = { method: string; path: string; body: unknown }

/** A TLS 1.3 server that keeps what it was asked. */
export const startTestServer = async (
  tls: { key: string; cert: string; ca?: string; requestCert?: boolean },
  answer: (asked: Asked) => unknown
): Promise<{ port: number; asked: Asked[]; bytes(): number; close(): Promise<void> }> => {
  const asked: Asked[] = []
  let bytes = 0
  const server: Server = createServer({ minVersion: 'TLSv1.3', ...tls }, (request, response) => {
    const parts: Buffer[] = []
    request.on('data', part => parts.push(part))
    request.on('end', () => {
      const text = Buffer.concat(parts).toString()
      const one = { method: request.method ?? '', path: request.url ?? '', body: text ? JSON.parse(text) : undefined }
      asked.push(one)
      const found = answer(one) as { status?: number }
      response.writeHead(found.status ?? 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(found))
    })
  })
  server.on('secureConnection', socket => {
    socket.on('data', (part: Buffer) => {
      bytes += part.length
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    asked,
    bytes: () => bytes,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

/** SHA-256 of a PEM certificate's DER, hex. */
export const digestOf = (pem: string): string =>
  createHash('sha256')
    .update(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'))
    .digest('hex')
