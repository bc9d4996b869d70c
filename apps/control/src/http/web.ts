import type { Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'
import type { AnyTRPCRouter } from '@trpc/server'
import { makeAudit } from '../broker/audit.ts'
import { type HttpLimits, makeTlsApp } from './app.ts'
import { type Listener, listen, type WebTls, webTls } from './listen.ts'
import { mountApi } from './trpc.ts'

const usualLimits: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  // Subscriptions and downloads may be silent for long.
  silenceMs: 0,
  bodyBytes: 256 * 1024,
  connections: 2000
}

/** Nothing of another place is loaded, nothing frames us, and no type is guessed (5-security B3, 16). */
const securityHeaders = {
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'; object-src 'none'; base-uri 'none'",
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store'
}

export type WebPort<Router extends AnyTRPCRouter, Context> = {
  router: Router
  /** Who asks; nobody, until people can sign in. Every procedure refuses what its permission does not allow. */
  webContext(): Context
  /** Whether the centre can do its work: stores open, broker listening. */
  ready(): boolean
}

/** For people's browsers: the API, `/livez` and `/readyz`. Whatever is not named here does not exist. */
export const startWeb = async <Router extends AnyTRPCRouter, Context>(
  options: { tls: WebTls; bind: string; port: number; clock: Clock; log: Log; limits?: Partial<HttpLimits> } & WebPort<
    Router,
    Context
  >
): Promise<Listener> => {
  const { tls, bind, port, clock, log, router, webContext, ready } = options
  const limits = { ...usualLimits, ...options.limits }
  const audit = makeAudit('web', log, clock)
  const { app, server } = makeTlsApp(webTls(tls, 'matthan-web'), limits, log)
  app.addHook('onSend', async (_, reply) => void reply.headers(securityHeaders))
  app.get('/livez', async () => ({ live: true }))
  app.get('/readyz', async (_, reply) => {
    const isReady = ready()
    return await reply.code(isReady ? 200 : 503).send({ ready: isReady })
  })
  await mountApi(app, { router, createContext: webContext, log })
  return await listen({ app, server, bind, port, clock, audit, setTls: next => webTls(next, 'matthan-web') })
}
