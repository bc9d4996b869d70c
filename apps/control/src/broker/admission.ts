import type { Socket } from 'node:net'
import type { TLSSocket, Server as TlsServer } from 'node:tls'
import type { Clock } from '@matthan/base/clock'
import { limits } from '@matthan/protocol/limits'
import type { Audit } from './audit.ts'
import { interpose } from './interpose.ts'

export type AdmissionLimits = {
  /** Handshakes computed at a time; the rest wait in order. */
  inFlight: number
  /** Connections that are not through TLS yet, together and of one address. */
  waiting: number
  waitingOfAddress: number
  /** From TCP to the end of the handshake. */
  deadlineMs: number
}

export const admissionLimits: AdmissionLimits = {
  inFlight: limits.handshakesInFlight,
  waiting: 2048,
  waitingOfAddress: 512,
  deadlineMs: limits.connectDeadlineMs
}

/** A handshake that is not done in this time waits for its peer, not for us, and frees its place. */
const placeMs = 250

/**
 * Lets at most `inFlight` handshakes be computed at once, so that a whole fleet coming back does not make every box
 * run into its time limit. A connection takes a place only once it has sent something: idle ones cost a
 * place to nobody (5-security, T9).
 * @returns ends the connections that are still waiting.
 */
export const admitHandshakes = (
  server: TlsServer,
  options: { limits?: Partial<AdmissionLimits> | undefined; clock: Clock; audit: Audit }
): (() => void) => {
  const { clock, audit } = options
  const most = { ...admissionLimits, ...options.limits }
  const pending = new Map<string, { socket: Socket; done: AbortController }>()
  const ofAddress = new Map<string, number>()
  const queue: (() => void)[] = []
  let places = most.inFlight

  const next = (): void => {
    while (places > 0 && queue.length > 0) queue.shift()?.()
  }
  const count = (address: string, by: number): number => {
    const sum = (ofAddress.get(address) ?? 0) + by
    if (sum > 0) ofAddress.set(address, sum)
    else ofAddress.delete(address)
    return sum
  }
  const start = (done: AbortSignal, go: () => void): void => {
    if (done.aborted) return
    places--
    go()
    const free = () => {
      places++
      next()
    }
    clock.sleep(placeMs, done).then(free, free)
  }

  interpose(server, 'connection', (socket: Socket, go) => {
    socket.on('error', () => {})
    const address = socket.remoteAddress ?? ''
    if (pending.size >= most.waiting || (ofAddress.get(address) ?? 0) >= most.waitingOfAddress) {
      audit({ what: 'too many connections', address })
      socket.destroy()
      return
    }
    const done = new AbortController()
    const name = nameOf(socket)
    pending.set(name, { socket, done })
    count(address, 1)
    done.signal.addEventListener('abort', () => {
      pending.delete(name)
      count(address, -1)
    })
    socket.once('close', () => done.abort())
    socket.once('readable', () => {
      queue.push(() => start(done.signal, go))
      next()
    })
    const late = () => {
      audit({ what: 'handshake too slow', address })
      socket.destroy()
    }
    clock.sleep(most.deadlineMs, done.signal).then(late, () => {})
  })
  server.prependListener('secureConnection', (socket: TLSSocket) => pending.get(nameOf(socket))?.done.abort())
  return () => {
    for (const { socket } of pending.values()) socket.destroy()
  }
}

/** The same for a socket and for the TLS socket around it. */
const nameOf = (socket: Socket | TLSSocket): string => `${socket.remoteAddress} ${socket.remotePort}`
