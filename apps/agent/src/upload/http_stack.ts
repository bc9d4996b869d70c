import { type Agent, request as httpsRequest } from 'node:https'
import { MatthanError } from '@matthan/base/error'
import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client'

/** A receipt of a day of segments; nothing else of the centre comes near it. */
const answerBytes = 10 * 1024 * 1024
const pieceBytes = 256 * 1024

/**
 * tus-js-client's way to the network: one mTLS agent, one origin (a Location elsewhere is refused), exact
 * Content-Length, and an end after `idleMs` without a byte in either direction. Progress counts what the kernel took.
 */
export const makeHttpStack = (options: { agent: Agent; origin: string; idleMs: number }): HttpStack => ({
  getName: () => 'matthan',
  createRequest: (method, url) => makeRequest(method, url, options)
})

const makeRequest = (
  method: string,
  url: string,
  { agent, origin, idleMs }: { agent: Agent; origin: string; idleMs: number }
): HttpRequest => {
  const headers: Record<string, string> = {}
  const cut = new AbortController()
  let told: (bytesSent: number) => void = () => {}

  const send = (body: unknown): Promise<HttpResponse> =>
    new Promise((resolve, reject) => {
      if (new URL(url).origin !== origin) {
        reject(new MatthanError('refused', 'agent.otherOrigin', { origin: new URL(url).origin.slice(0, 200) }))
        return
      }
      const bytes = body instanceof Uint8Array ? body : new Uint8Array(0)
      const request = httpsRequest(url, {
        method,
        agent,
        headers: { ...headers, 'Content-Length': bytes.length },
        timeout: idleMs,
        signal: cut.signal
      })
      request.on('timeout', () =>
        request.destroy(Object.assign(new Error('no byte for too long'), { code: 'ETIMEDOUT' }))
      )
      request.on('error', reject)
      request.on('response', response => {
        const parts: Buffer[] = []
        let size = 0
        response.on('data', (part: Buffer) => {
          size += part.length
          if (size > answerBytes) request.destroy(new Error('answer too large'))
          else parts.push(part)
        })
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8')
          resolve({
            getStatus: () => response.statusCode ?? 0,
            getHeader: name => {
              const value = response.headers[name.toLowerCase()]
              return typeof value === 'string' ? value : undefined
            },
            getBody: () => text,
            getUnderlyingObject: () => response
          })
        })
      })
      let at = 0
      const writeOn = (): void => {
        if (at >= bytes.length) {
          request.end()
          return
        }
        const piece = bytes.subarray(at, at + pieceBytes)
        at += piece.length
        const upTo = at
        request.write(piece, error => {
          if (error) return
          told(upTo)
          writeOn()
        })
      }
      writeOn()
    })

  return {
    getMethod: () => method,
    getURL: () => url,
    setHeader: (name, value) => {
      headers[name] = value
    },
    getHeader: name => headers[name],
    setProgressHandler: handler => {
      told = handler
    },
    send,
    abort: async () => cut.abort(),
    getUnderlyingObject: () => undefined
  }
}
