import type { Socket } from 'node:net'
import type { TLSSocket, Server as TlsServer } from 'node:tls'

type Sockets = { connection: Socket; secureConnection: TLSSocket }

/**
 * Puts a judge before the listeners that a server has for an event: they are called when the judge calls `go`. So no
 * byte of a connection reaches TLS, or the parser behind it, before it was let in. Node begins to read a socket
 * only through those very listeners.
 */
export const interpose = <Event extends keyof Sockets>(
  server: TlsServer,
  event: Event,
  judge: (socket: Sockets[Event], go: () => void) => void
): void => {
  const behind = server.listeners(event)
  server.removeAllListeners(event)
  server.on(event, (socket: Sockets[Event]) => {
    judge(socket, () => {
      for (const listener of behind) listener.call(server, socket)
    })
  })
}
