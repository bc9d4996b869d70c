import { isIP } from 'node:net'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { MatthanError } from '@matthan/base/error'
import { limits } from '@matthan/protocol/limits'
import { type DownChannel, downFilter, readDownTopic, type UpChannel, upTopic } from '@matthan/protocol/topics'
import { protocolVersion } from '@matthan/protocol/version'
import { MqttClient } from 'mqtt'
import type { Identity } from '../identity/identity.ts'

/** One connection to the centre's broker, subscribed and ready. It never reconnects: the link opens a new one. */
export type Wire = {
  /** Hands a message to the socket. What is sent while the connection dies is lost: the spool sends it again. */
  publish(channel: UpChannel, message: string): void
  /** Says goodbye in order (no will) when `graceful`, else cuts. */
  close(graceful: boolean): Promise<void>
  /** Resolves when the connection is gone, with the reason where one is known. */
  readonly closed: Promise<Error | undefined>
}

export type OpenWire = (options: {
  identity: Identity
  signal: AbortSignal
  received(channel: DownChannel, bytes: Uint8Array): void
}) => Promise<Wire>

const connectDeadlineMs = 15_000
const goodbyeMs = 1000

/** How a box speaks TLS to the centre, on the broker's port and on the box listener alike (0-decisions, Listeners). */
export const tlsOptions = (identity: Identity, url: string): ConnectionOptions & { host: string; port: number } => {
  const { hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  return {
    host,
    port: Number(port),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    key: identity.tls.key,
    cert: identity.tls.cert,
    ca: identity.ca,
    minVersion: 'TLSv1.3'
  }
}

const unreachable = (reason: string, cause?: unknown): MatthanError =>
  new MatthanError('unreachable', 'agent.centreUnreachable', { reason }, { cause })

/**
 * A wire keeps the newest TLS ticket for the next one (mqtt.js does not do it by itself). A ticket stands for the
 * certificate with which it was got: it goes when that is renewed, and when the centre did not take it.
 */
export const makeOpenWire = (): OpenWire => {
  let ticket: { session: Buffer; cert: string } | undefined

  const openSocket = (identity: Identity, signal: AbortSignal): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      const options = tlsOptions(identity, identity.mqttUrl)
      const { cert } = identity.tls
      const socket = connect({ ...options, ...(ticket?.cert === cert ? { session: ticket.session } : {}) })
      const abort = () => socket.destroy(new Error('deadline'))
      signal.addEventListener('abort', abort, { once: true })
      socket.setNoDelay(true)
      socket.on('session', session => {
        ticket = { session, cert }
      })
      socket.once('error', error => {
        ticket = undefined
        signal.removeEventListener('abort', abort)
        reject(unreachable(error.message, error))
      })
      socket.once('secureConnect', () => {
        signal.removeEventListener('abort', abort)
        resolve(socket)
      })
    })

  return async ({ identity, signal, received }) => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(connectDeadlineMs)])
    const socket = await openSocket(identity, deadline)
    const client = new MqttClient(() => socket, {
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: identity.boxId,
      clean: true,
      keepalive: limits.keepAliveSeconds,
      reconnectPeriod: 0,
      connectTimeout: connectDeadlineMs,
      resubscribe: false,
      // mqtt.js would keep messages in memory without bound while it is not connected; ours wait in the spool.
      queueQoSZero: false,
      // Else mqtt-packet makes 65 536 buffers for every number that it might write one day: 8 MB.
      writeCache: false,
      will: {
        topic: upTopic(identity.boxId, 'bye'),
        payload: Buffer.from(JSON.stringify({ v: protocolVersion, reason: 'lost' })),
        qos: 1,
        retain: false
      }
    })
    let lastError: Error | undefined
    client.on('error', error => {
      lastError = error
    })
    const closed = new Promise<Error | undefined>(resolve => {
      client.once('close', () => {
        resolve(lastError)
        client.end(true)
      })
    })
    const cut = () => socket.destroy()
    deadline.addEventListener('abort', cut, { once: true })
    try {
      const gone = closed.then(error => {
        throw unreachable(error?.message ?? 'closed', error)
      })
      gone.catch(() => {})
      client.on('message', (topic, payload) => {
        const channel = readDownTopic(identity.boxId, topic)
        if (channel) received(channel, payload)
      })
      const connected = new Promise<void>(resolve => client.once('connect', () => resolve()))
      await Promise.race([connected, gone])
      await Promise.race([client.subscribeAsync(downFilter(identity.boxId), { qos: 1 }), gone])
    } catch (error) {
      ticket = undefined
      client.end(true)
      socket.destroy()
      throw error instanceof MatthanError ? error : unreachable((error as Error).message, error)
    } finally {
      deadline.removeEventListener('abort', cut)
    }

    return {
      closed,
      publish: (channel, message) => {
        if (client.connected) client.publish(upTopic(identity.boxId, channel), message, { qos: 1, retain: false })
      },
      close: async graceful => {
        client.end(!graceful)
        if (graceful) await Promise.race([closed, aborted(AbortSignal.timeout(goodbyeMs))])
        socket.destroy()
      }
    }
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
