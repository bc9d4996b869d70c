import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import type { Credentials } from '@matthan/control/identity/testing/house'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'

/** An mqtt.js client that does not come back by itself. Wait for `connected` or `ended`. */
export const mqttOf = (port: number, box: { boxId: string; tls: Credentials }, more: IClientOptions = {}): MqttClient =>
  mqtt.connect({
    protocol: 'mqtts',
    host: 'localhost',
    port,
    ...box.tls,
    clientId: box.boxId,
    clean: true,
    protocolVersion: 4,
    reconnectPeriod: 0,
    ...more
  })

export const connected = (client: MqttClient): Promise<void> =>
  new Promise((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
    client.once('close', () => reject(new Error('closed before CONNACK')))
  })

export const ended = (client: MqttClient): Promise<void> => {
  client.on('error', () => {})
  return new Promise(resolve => client.once('close', () => resolve()))
}

/** TLS with the certificate of a box and nothing else; never rejects, see `closed`. */
export const rawTls = (port: number, tls: Partial<Credentials>, more: ConnectionOptions = {}): TLSSocket => {
  const socket = connectTls({ host: 'localhost', port, servername: 'localhost', ...tls, ...more })
  socket.on('error', () => {})
  return socket
}

export const closed = (socket: TLSSocket): Promise<void> =>
  socket.destroyed ? Promise.resolve() : new Promise(resolve => socket.once('close', () => resolve()))

/** The CONNECT of a client as it stands on the wire (MQTT 3.1.1, 3.1). */
export const connectPacket = (clientId: string): Buffer => {
  const id = Buffer.from(clientId)
  const body = Buffer.concat([Buffer.from([0, 4, 77, 81, 84, 84, 4, 2, 0, 30, 0, id.length]), id])
  return Buffer.concat([Buffer.from([0x10, body.length]), body])
}
