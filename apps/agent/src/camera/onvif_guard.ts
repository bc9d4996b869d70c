import { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'
import { nextTurn } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'

/**
 * What stands between an ONVIF library and the network: connections go to the one address that was asked, and an
 * answer that is too long or nested too deeply ends its connection before anybody parses it.
 */
export type Guard = {
  agent: Agent
  /** Why a connection was ended or not made; the first reason stays. */
  violation(): MatthanError | undefined
  /** Rejects with it. */
  violated: Promise<never>
  /** Rejects once the newest connection has closed and all that it brought has been dealt with. */
  closed(): Promise<never>
  /** Bytes of the newest answer as text, HTTP head included: the library throws most of a fault away. */
  newestAnswer(): string
}

export type GuardOptions = {
  /** The host of the address that was asked, and what it resolved to. */
  host: string
  ip: string
  mostBytes: number
  /** Elements inside each other. */
  mostDepth: number
}

export const makeGuard = (options: GuardOptions): Guard => {
  const { host, ip, mostBytes, mostDepth } = options
  const { promise: violated, reject } = Promise.withResolvers<never>()
  violated.catch(() => {})
  let violation: MatthanError | undefined
  let newest: Buffer[] = []
  let newestSocket: Socket | undefined
  const forbid = (error: MatthanError) => {
    violation ??= error
    reject(violation)
  }

  const watch = (socket: Socket) => {
    const depth = depthMeter()
    const answer: Buffer[] = []
    newest = answer
    newestSocket = socket
    let bytes = 0
    socket.on('data', chunk => {
      bytes += chunk.length
      answer.push(Buffer.from(chunk))
      if (bytes > mostBytes) forbid(new MatthanError('exhausted', 'camera.tooLarge', { host }))
      if (depth(chunk) > mostDepth) forbid(new MatthanError('exhausted', 'camera.tooDeep', { host }))
      if (violation) socket.destroy(violation)
    })
    return socket
  }

  const agent = new Agent({ keepAlive: false })
  agent.createConnection = wanted => {
    const { host: wantedHost = '', port = 80 } = wanted as { host?: string; port?: number | string }
    if (wantedHost !== host) {
      forbid(new MatthanError('refused', 'camera.foreignAddress', { host, other: wantedHost.slice(0, 200) }))
      throw violation
    }
    return watch(connect({ host: ip, port: Number(port) }))
  }

  return {
    agent,
    violation: () => violation,
    violated,
    closed: async () => {
      const socket = newestSocket
      if (socket && !socket.closed) await new Promise(resolve => socket.once('close', resolve))
      await nextTurn()
      throw new MatthanError('unreachable', 'camera.cutOff', { host })
    },
    newestAnswer: () => Buffer.concat(newest).toString('utf8')
  }
}

const [lessThan, slash, greaterThan, exclamation, question] = Buffer.from('</>!?')

/** How deeply elements lie inside each other so far, judged on raw bytes as they come. */
export const depthMeter = (): ((chunk: Uint8Array) => number) => {
  let depth = 0
  let deepest = 0
  let previous = 0
  return chunk => {
    for (const byte of chunk) {
      if (previous === lessThan && byte === slash) depth--
      else if (previous === lessThan && byte !== exclamation && byte !== question) deepest = Math.max(deepest, ++depth)
      else if (previous === slash && byte === greaterThan) depth--
      previous = byte
    }
    return deepest
  }
}
