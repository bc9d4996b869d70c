import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TlsOptions } from 'node:tls'
import type { Clock } from '@matthan/base/clock'
import { limits } from '@matthan/protocol/limits'
import type { FastifyInstance } from 'fastify'
import { admitHandshakes } from '../broker/admission.ts'
import type { Audit } from '../broker/audit.ts'

/** What a listener without client certificates shows. */
export type WebTls = { key: string; cert: string; ticketKeys: Buffer }

export const webTls = ({ key, cert, ticketKeys }: WebTls, name: string): TlsOptions => ({
  key,
  cert,
  ticketKeys,
  minVersion: 'TLSv1.3',
  sessionIdContext: name,
  handshakeTimeout: limits.connectDeadlineMs
})

export type Listener<Tls = WebTls> = {
  /** The real one, where 0 was asked for. */
  port: number
  /** A new server certificate or new ticket keys; connections that stand go on. */
  useTls(tls: Tls): void
  /** Ends at once; whoever was answered half-way asks again. */
  close(): Promise<void>
}

/** Opens the port, with as many handshakes at once as the centre can compute. */
export const listen = async <Tls>(options: {
  app: FastifyInstance
  server: HttpsServer
  bind: string
  port: number
  clock: Clock
  audit: Audit
  setTls(tls: Tls): TlsOptions
}): Promise<Listener<Tls>> => {
  const { app, server, bind, port, clock, audit, setTls } = options
  const endWaiting = admitHandshakes(server, { clock, audit })
  await app.listen({ host: bind, port })
  return {
    port: (server.address() as AddressInfo).port,
    useTls: tls => server.setSecureContext(setTls(tls)),
    close: async () => {
      endWaiting()
      server.closeAllConnections()
      await app.close()
    }
  }
}
