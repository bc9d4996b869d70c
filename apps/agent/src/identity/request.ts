import { request as httpRequest, type IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { withDeadline } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import type { ErrorKey } from '@matthan/base/text/say'
import { readMessage } from '@matthan/protocol/read'
import { WireError } from '@matthan/protocol/scalars'
import type { z } from 'zod'

const deadlineMs = 20_000
const mostBytes = 128 * 1024

const openSocket = (options: ConnectionOptions, signal: AbortSignal): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect(options)
    const cut = () => socket.destroy(new Error('deadline'))
    signal.addEventListener('abort', cut, { once: true })
    socket.once('error', reject)
    socket.once('secureConnect', () => resolve(socket))
    socket.once('close', () => signal.removeEventListener('abort', cut))
  })

const readAll = async (answer: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > mostBytes) throw new Error('answer too large')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** An error of the centre is {kind, key, params}; anything else is told by its status. */
const errorOf = (url: string, status: number, body: string): MatthanError => {
  try {
    const { kind, key, params } = readMessage('error', WireError, body)
    return new MatthanError(kind, key as ErrorKey, params)
  } catch (error) {
    return new MatthanError('unreachable', 'identity.boxBadAnswer', { url, reason: `HTTP ${status}` }, { cause: error })
  }
}

/** A host and port as in a URL. */
export const hostOf = (url: string): { host: string; port: number } => {
  const { hostname, port } = new URL(url)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 443) }
}

/**
 * One question over a TLS connection of its own.
 * @param options.check is asked about the other side before a byte of the question is sent.
 * @throws MatthanError unreachable; what `check` throws; the centre's own refusal
 */
export const ask = async <T>(options: {
  url: string
  path: string
  /** JSON; a GET without. */
  body?: unknown
  answer: z.ZodType<T>
  tls: ConnectionOptions
  check?(socket: TLSSocket): void
  signal?: AbortSignal
}): Promise<T> => {
  const { url, path, body, answer, tls, check } = options
  const { host, port } = hostOf(url)
  const name = isIP(host) === 0 ? { servername: host } : {}
  const run = async (signal: AbortSignal): Promise<T> => {
    const socket = await openSocket({ host, port, ...name, minVersion: 'TLSv1.3', ...tls }, signal)
    try {
      check?.(socket)
      const text = body === undefined ? undefined : JSON.stringify(body)
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const request = httpRequest({
          createConnection: () => socket,
          method: text === undefined ? 'GET' : 'POST',
          path,
          headers: {
            host: new URL(url).host,
            connection: 'close',
            ...(text === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
          }
        })
        request.once('response', resolve)
        request.once('error', reject)
        request.end(text)
      })
      const read = await readAll(response)
      const status = response.statusCode ?? 0
      if (status !== 200) throw errorOf(url, status, read)
      return readMessage(path, answer, read)
    } finally {
      socket.destroy()
    }
  }
  try {
    return await withDeadline(deadlineMs, run, options.signal)
  } catch (error) {
    if (error instanceof MatthanError) throw error
    throw new MatthanError(
      'unreachable',
      'identity.boxUnreachable',
      { url, reason: (error as Error).message },
      { cause: error }
    )
  }
}
