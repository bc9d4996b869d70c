import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import type { Box } from './box.ts'
import type { Centre } from './centre.ts'

/** Key and certificate of somebody who knocks at the centre. */
export type Papers = { key: string; cert: string }

export const papersOf = (box: Box): Papers => {
  const read = (name: string) => readFileSync(join(box.folder, 'identity', name), 'utf8')
  return { key: read('tls.key'), cert: read('tls.pem') }
}

/** Connects by MQTT with these papers, as a box would. Rejects when the door stays shut. */
export const knock = (centre: Centre, papers: Papers, options: IClientOptions): Promise<MqttClient> =>
  new Promise((resolve, reject) => {
    const client = mqtt.connect(centre.addresses.mqtt, {
      ...papers,
      rejectUnauthorized: false,
      reconnectPeriod: 0,
      connectTimeout: 8000,
      protocolVersion: 4,
      clean: true,
      ...options
    })
    client.once('connect', () => resolve(client))
    client.once('error', error => reject(error))
    client.once('close', () => reject(new Error('closed')))
  })

/** Resolves when the connection has been cut, with how long that took. */
export const whenCut = (client: MqttClient): Promise<number> => {
  const began = performance.now()
  return new Promise(resolve => client.once('close', () => resolve(performance.now() - began)))
}

/** Sends raw bytes over TLS and waits until the other side hangs up. @returns how many bytes it took. */
export const flood = (url: string, papers: Papers, chunk: Buffer, most: number): Promise<number> =>
  new Promise(resolve => {
    const { hostname, port } = new URL(url)
    const socket = tlsConnect({ host: hostname, port: Number(port), ...papers, rejectUnauthorized: false })
    let sent = 0
    const end = () => resolve(sent)
    socket.once('close', end)
    socket.once('error', end)
    const pump = () => {
      while (sent < most) {
        sent += chunk.length
        if (!socket.write(chunk)) return void socket.once('drain', pump)
      }
    }
    socket.once('secureConnect', pump)
  })

export type HttpAnswer = { status: number; body: string }

/** One HTTPS request, with or without papers. */
export const ask = (
  url: string,
  options: { method?: string; papers?: Papers; headers?: Record<string, string>; body?: string | Buffer }
): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', papers = {}, headers = {}, body } = options
    const sent = request(url, { method, headers, rejectUnauthorized: false, agent: false, ...papers }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', part => {
        text += part
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }))
    })
    sent.once('error', reject)
    sent.end(body)
  })
