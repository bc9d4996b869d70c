import type { TLSSocket, TlsOptions, Server as TlsServer } from 'node:tls'
import { MatthanError } from '@matthan/base/error'
import { limits } from '@matthan/protocol/limits'
import type { Audit } from './audit.ts'
import { interpose } from './interpose.ts'

/** Who is at the other end, from the verified certificate (I7). */
export type Peer = { boxId: string; serial: string }
/** @throws MatthanError refused; its parameter `box` names the box where the certificate was ours. */
export type CheckPeer = (der: Uint8Array | undefined) => Peer

/** What a listener shows and whom it lets sign in. */
export type ListenerTls = {
  key: string
  /** Leaf, issuing, root. */
  cert: string
  /** Authorities of client certificates, PEM. */
  ca: string[]
  /** 48 bytes; changed every 12 h. */
  ticketKeys: Buffer
}

/** TLS 1.3 with a client certificate; sessions may be resumed, and are judged like every other. */
export const deviceTls = ({ key, cert, ca, ticketKeys }: ListenerTls, name: string): TlsOptions => ({
  key,
  cert,
  ca,
  ticketKeys,
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: 'TLSv1.3',
  sessionIdContext: name,
  sessionTimeout: 12 * 3600,
  handshakeTimeout: limits.connectDeadlineMs
})

export type Peers = {
  /** The peer of a socket that was let in. */
  peerOf(socket: object): Peer | undefined
  /** Destroys every connection of this box. */
  cut(boxId: string): void
  /** Judges every open connection again: what has expired or was revoked since is cut. */
  recheck(): void
  closeAll(): void
}

/**
 * Our own judgement of every connection, resumed or not, before a byte of it reaches the listeners that the server
 * has now. `checkPeer` does not wait, so a box that is revoked while it connects is either refused or cut.
 */
export const gatePeers = (server: TlsServer, options: { checkPeer: CheckPeer; audit: Audit }): Peers => {
  const { checkPeer, audit } = options
  const open = new Map<TLSSocket, Peer>()
  const known = new WeakMap<object, Peer>()

  const judge = (socket: TLSSocket): Peer | undefined => {
    try {
      return checkPeer(socket.getPeerX509Certificate()?.raw)
    } catch (error) {
      const box = error instanceof MatthanError ? error.params.box : undefined
      audit({ what: 'certificate refused', boxId: box?.toString(), address: socket.remoteAddress }, error)
      socket.destroy()
      return undefined
    }
  }

  interpose(server, 'secureConnection', (socket, go) => {
    const peer = judge(socket)
    if (!peer) return
    open.set(socket, peer)
    known.set(socket, peer)
    socket.once('close', () => open.delete(socket))
    go()
  })
  server.on('tlsClientError', (error, socket) => {
    const why: unknown = socket.authorizationError
    // A handshake that was merely broken off says nothing about anybody.
    if (why || error.message.includes('certificate'))
      audit({ what: 'handshake refused', address: socket.remoteAddress }, why ? new Error(String(why)) : error)
  })

  return {
    peerOf: socket => known.get(socket),
    cut: boxId => {
      for (const [socket, peer] of open) if (peer.boxId === boxId) socket.destroy()
    },
    recheck: () => {
      for (const socket of [...open.keys()]) judge(socket)
    },
    closeAll: () => {
      for (const socket of open.keys()) socket.destroy()
    }
  }
}
