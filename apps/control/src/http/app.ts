import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { TlsOptions } from 'node:tls'
import type { Log } from '@matthan/base/log'
import Fastify, { type FastifyInstance } from 'fastify'
import { answerErrors } from './status.ts'

export type HttpLimits = {
  /** From the connection, or the last answer, to the end of the headers. Node never cuts by default what Fastify sets to 0. */
  headersMs: number
  /** From the connection to the end of the body; 0 = no limit, for uploads. */
  requestMs: number
  /** A socket without a byte in either direction for this long is cut; 0 = never, for answers that wait. */
  silenceMs: number
  bodyBytes: number
  connections: number
}

/** How long Node may be late in noticing a limit above. */
const checkEveryMs = 2000
const headerBytes = 16 * 1024

const serverOptions = (limits: HttpLimits) => ({
  headersTimeout: limits.headersMs,
  requestTimeout: limits.requestMs,
  connectionsCheckingInterval: checkEveryMs,
  keepAliveTimeout: 10_000,
  maxHeaderSize: headerBytes,
  noDelay: true
})

/** The application over a server that does not listen yet, so that judges can be put before its listeners. */
const appOver = (server: HttpServer | HttpsServer, limits: HttpLimits, log: Log): FastifyInstance => {
  server.timeout = limits.silenceMs
  server.maxConnections = limits.connections
  const app: FastifyInstance = Fastify({
    serverFactory: handler => {
      server.on('request', handler)
      return server as HttpServer
    },
    bodyLimit: limits.bodyBytes,
    logger: false,
    trustProxy: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 200 }
  })
  answerErrors(app, log)
  return app
}

export const makeTlsApp = (
  tls: TlsOptions,
  limits: HttpLimits,
  log: Log
): { app: FastifyInstance; server: HttpsServer } => {
  const server = createHttpsServer({ ...tls, ...serverOptions(limits) })
  return { app: appOver(server, limits, log), server }
}

/** Without TLS, for a socket of this machine. */
export const makeLocalApp = (limits: HttpLimits, log: Log): { app: FastifyInstance; server: HttpServer } => {
  const server = createHttpServer(serverOptions(limits))
  return { app: appOver(server, limits, log), server }
}
