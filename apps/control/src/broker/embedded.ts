import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import type { Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'
import { limits as protocolLimits } from '@matthan/protocol/limits'
import { downTopic, readDownTopic, readUpTopic } from '@matthan/protocol/topics'
import { Aedes, type AuthenticateError, type Client } from 'aedes'
import { hears, judgeConnect, judgePublish, judgeSubscribe } from './access.ts'
import { type AdmissionLimits, admitHandshakes } from './admission.ts'
import { makeAudit } from './audit.ts'
import type { Broker, BrokerEvents } from './broker.ts'
import { makeFlapping } from './flapping.ts'
import { guardFrames } from './frame-guard.ts'
import { type CheckPeer, deviceTls, gatePeers, type ListenerTls } from './peers.ts'
import { makeRate, type Rate } from './rate.ts'

export type BrokerLimits = {
  packetBeforeConnack: number
  packetAfterConnack: number
  connectDeadlineMs: number
  drainDeadlineMs: number
  messagesPerSecond: number
  messageBurst: number
  /** Bytes that may wait for a box that reads too slowly; more is not sent, the box asks again at its next hello. */
  waitingBytes: number
  connectsPerMinute: number
  flappingMs: number
  /** Every open connection is judged again after this. */
  recheckMs: number
  admission: Partial<AdmissionLimits>
}

const defaults: BrokerLimits = {
  packetBeforeConnack: protocolLimits.packetBeforeConnack,
  packetAfterConnack: protocolLimits.packetAfterConnack,
  connectDeadlineMs: protocolLimits.connectDeadlineMs,
  drainDeadlineMs: protocolLimits.drainDeadlineMs,
  messagesPerSecond: protocolLimits.messagesPerSecond,
  messageBurst: protocolLimits.messageBurst,
  waitingBytes: 4 * protocolLimits.packetAfterConnack,
  connectsPerMinute: 10,
  flappingMs: 5 * 60_000,
  recheckMs: 60_000,
  admission: {}
}

export type EmbeddedBroker = Broker & {
  /** The real one, where 0 was asked for. */
  port: number
  /** A new server certificate or new ticket keys; connections that stand go on. */
  useTls(tls: ListenerTls): void
}

/** One connection after TLS. */
type Session = {
  boxId: string
  socket: TLSSocket
  client: Client
  filters: Set<string>
  rate: Rate
  refusal?: { why: string; returnCode: number }
}

const name = 'matthan-mqtt'

/** The broker inside the centre: Aedes, MQTT 3.1.1 only, behind TLS and our own judgement of every connection. */
export const startBroker = async (
  options: {
    tls: ListenerTls
    bind: string
    port: number
    checkPeer: CheckPeer
    clock: Clock
    log: Log
    limits?: Partial<BrokerLimits>
  } & BrokerEvents
): Promise<EmbeddedBroker> => {
  const { tls, bind, port, checkPeer, clock, log, onMessage, onOnline, onOffline } = options
  const limits = { ...defaults, ...options.limits }
  const audit = makeAudit(name, log, clock)
  const flapping = makeFlapping({ most: limits.connectsPerMinute, banMs: limits.flappingMs, clock })
  const stop = new AbortController()
  const sessions = new WeakMap<Client, Session>()
  const online = new Map<string, Session>()

  const refuse = (session: Session | undefined, what: string): void =>
    audit({ what, boxId: session?.boxId, address: session?.socket.remoteAddress })

  const aedes = await Aedes.createBroker({
    connectTimeout: limits.connectDeadlineMs,
    drainTimeout: limits.drainDeadlineMs,
    maxTopicLevels: 10,
    keepaliveLimit: 300,
    maxInflightInbound: 1,
    preConnect: (client, packet, done) => {
      const session = sessions.get(client)
      if (!session) return done(new Error('no session'), false)
      const refusal = judgeConnect(session.boxId, packet)
      if (refusal) session.refusal = refusal
      else if (!flapping.admit(session.boxId)) session.refusal = { why: 'connects too often', returnCode: 3 }
      done(null, true)
    },
    authenticate: (client, _name, _password, done) => {
      const session = sessions.get(client)
      if (session && !session.refusal) return done(null, true)
      refuse(session, session?.refusal?.why ?? 'no session')
      const error: AuthenticateError = Object.assign(new Error('refused'), {
        returnCode: session?.refusal?.returnCode ?? 5
      })
      done(error, false)
    },
    // An error here ends the connection, before PUBACK; a box of ours never comes to it.
    authorizePublish: (client, packet, done) => {
      const session = client ? sessions.get(client) : undefined
      const why = session ? judgePublish(session.boxId, packet) : 'no session'
      if (!session || why) {
        refuse(session, why ?? '')
        return done(new Error('refused'))
      }
      session.rate.take().then(() => done(null), done)
    },
    authorizeSubscribe: (client, subscription, done) => {
      const session = sessions.get(client)
      const why = session ? judgeSubscribe(session.boxId, subscription) : 'no session'
      if (!why) return done(null, subscription)
      refuse(session, why)
      done(null, null)
    },
    authorizeForward: (client, packet) => {
      const session = sessions.get(client)
      return session && readDownTopic(session.boxId, packet.topic) ? packet : null
    },
    published: (packet, client, done) => {
      const session = client ? sessions.get(client) : undefined
      const up = session && readUpTopic(packet.topic)
      if (!session || !up || up.boxId !== session.boxId) return done(null)
      // The will of a connection that a newer one of the same box has replaced says nothing: the box is there.
      const current = online.get(session.boxId)
      if (up.channel === 'bye' && current && current !== session) return done(null)
      const bytes = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
      Promise.resolve()
        .then(() => onMessage(session.boxId, up.channel, bytes))
        .catch(err => log.error({ err, boxId: session.boxId, channel: up.channel }, 'message not taken'))
        .then(() => done(null))
    }
  })

  aedes.on('clientReady', client => {
    const session = sessions.get(client)
    if (!session) return
    const replaced = online.get(session.boxId)
    online.set(session.boxId, session)
    if (replaced) log.info({ boxId: session.boxId }, 'connection replaced')
    else onOnline(session.boxId)
  })
  aedes.on('clientDisconnect', client => {
    const session = sessions.get(client)
    if (!session || online.get(session.boxId) !== session) return
    online.delete(session.boxId)
    onOffline(session.boxId)
  })
  aedes.on('subscribe', (subscriptions, client) => {
    for (const { topic, qos } of subscriptions) if (qos <= 1) sessions.get(client)?.filters.add(topic)
  })
  aedes.on('unsubscribe', (topics, client) => {
    for (const topic of topics) sessions.get(client)?.filters.delete(topic)
  })
  aedes.on('clientError', (client, error) => log.debug({ boxId: client.id, reason: error.message }, 'client error'))
  aedes.on('connectionError', (client, error) => refuse(sessions.get(client), error.message.slice(0, 60)))

  const accept = (socket: TLSSocket): void => {
    const peer = peers.peerOf(socket)
    if (!peer) return void socket.destroy()
    const gone = new AbortController()
    socket.once('close', () => gone.abort())
    const most = () => (client.connected ? limits.packetAfterConnack : limits.packetBeforeConnack)
    guardFrames(socket, most, () => refuse(sessions.get(client), 'packet too large'))
    const client: Client = aedes.handle(socket)
    const { messagesPerSecond: perSecond, messageBurst: burst } = limits
    const rate = makeRate({ perSecond, burst, clock, signal: gone.signal })
    sessions.set(client, { boxId: peer.boxId, socket, client, filters: new Set(), rate })
  }

  const sockets = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }
  const server = createServer({ ...deviceTls(tls, name), ...sockets }, accept)
  const peers = gatePeers(server, { checkPeer, audit })
  const endWaiting = admitHandshakes(server, { limits: limits.admission, clock, audit })
  server.listen(port, bind)
  await once(server, 'listening')
  clock.every(limits.recheckMs, peers.recheck, stop.signal)

  return {
    port: (server.address() as AddressInfo).port,
    useTls: next => server.setSecureContext(deviceTls(next, name)),
    publish: async (boxId, channel, bytes) => {
      const session = online.get(boxId)
      const topic = downTopic(boxId, channel)
      if (!session || !hears(boxId, session.filters, topic)) return false
      if (session.socket.destroyed || session.socket.writableLength > limits.waitingBytes) return false
      // Straight to the client: through Aedes' emitter a box that stops reading would hold up all the others.
      const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      session.client.publish({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false }, () => {})
      return true
    },
    online: () => [...online.keys()],
    cut: (boxId, reason) => {
      log.info({ boxId, reason }, 'connection cut')
      peers.cut(boxId)
    },
    close: async () => {
      stop.abort()
      server.close()
      endWaiting()
      peers.closeAll()
      await new Promise<void>(resolve => aedes.close(() => resolve()))
    }
  }
}
