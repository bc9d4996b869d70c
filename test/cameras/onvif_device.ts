import { createHash, timingSafeEqual } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  capabilities,
  deviceInformation,
  envelope,
  fault,
  type OnvifIdentity,
  type OnvifStream,
  oneProfile,
  profiles,
  streamUri,
  systemDateAndTime
} from './onvif_answers.ts'

/** How an ONVIF device can lie or hang. */
export type OnvifMode =
  | 'honest'
  /** One byte of the answer each second. */
  | 'slowDrip'
  /** Takes the request and says nothing. */
  | 'silent'
  /** 50 MB of answer. */
  | 'huge'
  /** 20,000 tags inside each other. */
  | 'nested'
  /** Every answer is a fault whose reason carries an attribute. */
  | 'fault'
  /** 200 without a body. */
  | 'empty'
  /** 200 with a web page. */
  | 'webPage'
  /** The media service lies on another host. */
  | 'foreignService'
  /** The stream lies on another host. */
  | 'foreignStream'
  /** Never names a stream, whatever the token. */
  | 'badToken'
  /** Names the same profiles twice. */
  | 'duplicates'
  /** Closes the connection in the middle of an answer. */
  | 'cutOff'

export type OnvifDeviceOptions = {
  streams: OnvifStream[]
  userName: string
  password: string
  mode?: OnvifMode
  /** The device's clock minus this machine's. */
  clockOffsetMs?: number
  /** The device's clock, whatever this machine's is. */
  clock?: Date
  identity?: OnvifIdentity
  host?: string
  port?: number
  /** Answers WS-Discovery probes on 239.255.255.250:3702, for tools that only find cameras that way. */
  discovery?: boolean
  /** Instead of our own templates: raw answers by operation, as captured from real devices. */
  replay?: (operation: string) => { status: number; body: string } | undefined
}

export type OnvifDevice = {
  /** http://host:port/onvif/device_service */
  url: string
  host: string
  port: number
  identity: OnvifIdentity
  /** Operations asked so far, in order. */
  asked: string[]
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const honestIdentity: OnvifIdentity = {
  manufacturer: 'Matthan',
  model: 'Camera mô phỏng <1>',
  firmware: '1.0.0',
  serial: 'SIM-0001',
  hardwareId: 'SIM'
}

/** ONVIF Core, "Access classes": what a device answers before anybody has signed in. */
const preAuth = new Set(['GetSystemDateAndTime', 'GetCapabilities', 'GetServices'])

const read = (xml: string, name: string): string | undefined =>
  new RegExp(`<(?:[\\w-]+:)?${name}(?:\\s[^>]*)?>([^<]*)<`).exec(xml)?.[1]

const unescapeXml = (text: string): string =>
  text
    .replace(/&(lt|gt|quot|apos);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'" })[name] ?? '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&amp;/g, '&')

/** WS-Security UsernameToken profile 1.0: digest = Base64(SHA-1(nonce + created + password)), fresh by the device's clock. */
const signedIn = (xml: string, options: OnvifDeviceOptions, nowMs: number): boolean => {
  const [user, digest, nonce, created] = ['Username', 'Password', 'Nonce', 'Created'].map(name => read(xml, name) ?? '')
  const expected = createHash('sha1')
    .update(Buffer.concat([Buffer.from(nonce!, 'base64'), Buffer.from(created! + options.password)]))
    .digest()
  const given = Buffer.from(digest!, 'base64')
  const fresh = Math.abs(Date.parse(created!) - nowMs) < 60_000
  return (
    unescapeXml(user!) === options.userName &&
    given.length === expected.length &&
    timingSafeEqual(given, expected) &&
    fresh
  )
}

/** A small ONVIF device over HTTP with the sign-in of real ones, and their vices on demand. */
export const startOnvifDevice = async (options: OnvifDeviceOptions): Promise<OnvifDevice> => {
  const { mode = 'honest', host = '127.0.0.1', identity = honestIdentity } = options
  const asked: string[] = []
  const now = () => options.clock?.getTime() ?? Date.now() + (options.clockOffsetMs ?? 0)
  let url = ''

  const answer = (operation: string, xml: string): { status: number; body: string } => {
    const replayed = options.replay?.(operation)
    if (replayed) return replayed
    if (!preAuth.has(operation) && !signedIn(xml, options, now()))
      return { status: 400, body: fault(['NotAuthorized'], 'Sender not Authorized') }
    switch (operation) {
      case 'GetSystemDateAndTime':
        return { status: 200, body: systemDateAndTime(new Date(now())) }
      case 'GetCapabilities': {
        const media =
          mode === 'foreignService' ? 'http://127.66.6.6:9/onvif/media_service' : url.replace('device', 'media')
        return { status: 200, body: capabilities(url, media) }
      }
      case 'GetDeviceInformation':
        return { status: 200, body: deviceInformation(identity) }
      case 'GetProfiles':
        return {
          status: 200,
          body: profiles(mode === 'duplicates' ? options.streams.concat(options.streams) : options.streams)
        }
      case 'GetProfile':
      case 'GetStreamUri': {
        const token = unescapeXml(read(xml, 'ProfileToken') ?? '')
        const stream = options.streams.find(candidate => candidate.token === token)
        if (!stream || mode === 'badToken')
          return { status: 500, body: fault(['InvalidArgVal', 'NoProfile'], 'No profile') }
        if (operation === 'GetProfile') return { status: 200, body: oneProfile(stream) }
        return { status: 200, body: streamUri(mode === 'foreignStream' ? 'rtsp://127.66.6.6/cam1' : stream.url) }
      }
      default:
        return { status: 500, body: fault(['ActionNotSupported'], 'Optional Action Not Implemented') }
    }
  }

  const server = createServer(async (request, response) => {
    let xml = ''
    for await (const chunk of request) xml += chunk
    const operation = /<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?(\w+)/.exec(xml)?.[1] ?? ''
    asked.push(operation)
    response.setHeader('Content-Type', 'application/soap+xml; charset=utf-8')
    const { status, body } = answer(operation, xml)
    misbehave(mode, response, status, body)
  })
  server.listen(options.port ?? 0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  url = `http://${host}:${port}/onvif/device_service`
  const endDiscovery = options.discovery ? await answerProbes(url) : () => {}

  const stop = async () => {
    endDiscovery()
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  return { url, host, port, identity, asked, stop, [Symbol.asyncDispose]: stop }
}

const misbehave = (mode: OnvifMode, response: ServerResponse, status: number, body: string): void => {
  switch (mode) {
    case 'silent':
      return
    case 'empty':
      response.end()
      return
    case 'webPage':
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><html><body>Login</body></html>')
      return
    case 'fault':
      response.writeHead(200).end(fault(['Action'], 'The camera has no wish to answer'))
      return
    case 'nested':
      response.end(envelope('<a>'.repeat(20_000) + '</a>'.repeat(20_000)))
      return
    case 'huge': {
      const block = `<tt:Extension>${' '.repeat(1 << 16)}</tt:Extension>`
      response.write(body.slice(0, body.indexOf('Body>') + 5))
      let left = 50 * 16
      const more = () => {
        while (left-- > 0) if (!response.write(block)) return response.once('drain', more)
        return response.end()
      }
      more()
      return
    }
    case 'cutOff':
      response.writeHead(status, { 'Content-Length': body.length })
      response.write(body.slice(0, 200), () => response.destroy())
      return
    case 'slowDrip': {
      response.writeHead(status)
      let at = 0
      const timer = setInterval(() => (at < body.length ? response.write(body[at++]!) : response.end()), 1000)
      response.on('close', () => clearInterval(timer))
      return
    }
    default:
      // Headers as cameras write them: libonvif understands neither chunks nor lower-case names.
      response.writeHead(status, { 'Content-Length': Buffer.byteLength(body) }).end(body)
  }
}

/** WS-Discovery 2005/04: a ProbeMatch for whoever asks. */
const answerProbes = async (url: string): Promise<() => void> => {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  socket.on('message', (probe, from) => {
    const id = read(probe.toString(), 'MessageID') ?? ''
    const answer =
      '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"' +
      ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"' +
      ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Header>' +
      '<a:MessageID>uuid:0190aa00-0000-7000-8000-000000000001</a:MessageID>' +
      `<a:RelatesTo>${id}</a:RelatesTo><a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>` +
      '<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</a:Action></s:Header><s:Body><d:ProbeMatches><d:ProbeMatch>' +
      '<a:EndpointReference><a:Address>urn:uuid:0190aa00-0000-7000-8000-000000000002</a:Address></a:EndpointReference>' +
      '<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/name/simulated onvif://www.onvif.org/hardware/SIM</d:Scopes>' +
      `<d:XAddrs>${url}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>`
    socket.send(answer, from.port, from.address)
  })
  socket.bind(3702)
  await once(socket, 'listening')
  socket.addMembership('239.255.255.250', '127.0.0.1')
  return () => socket.close()
}
