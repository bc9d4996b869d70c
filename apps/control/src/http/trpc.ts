import type { Log } from '@matthan/base/log'
import type { AnyTRPCRouter } from '@trpc/server'
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import type { FastifyInstance } from 'fastify'

/** Where the API is, on both the web listener and the local socket. */
export const apiPath = '/trpc'

/** Puts the router under `apiPath`. Subscriptions are server-sent events. */
export const mountApi = async <Router extends AnyTRPCRouter, Context>(
  app: FastifyInstance,
  options: { router: Router; createContext(): Context; log: Log }
): Promise<void> => {
  const { router, createContext, log } = options
  const trpcOptions: AnyOptions = {
    router,
    createContext,
    onError: ({ error, path }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR') log.error({ err: error, path }, 'procedure failed')
    }
  }
  await app.register(fastifyTRPCPlugin, { prefix: apiPath, trpcOptions })
}
type AnyOptions = FastifyTRPCPluginOptions<AnyTRPCRouter>['trpcOptions']
