import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { MatthanError } from '@matthan/base/error'
import type { Log } from '@matthan/base/log'
import type { AnyTRPCRouter } from '@trpc/server'
import { type HttpLimits, makeLocalApp } from './app.ts'
import { mountApi } from './trpc.ts'

const limits: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  silenceMs: 0,
  bodyBytes: 256 * 1024,
  connections: 50
}

/**
 * The API on a socket of this machine (0600): whoever may open it is the console, the service's own user or root.
 * @throws MatthanError busy when another centre listens there; a socket that a killed one left is removed.
 */
export const startLocal = async <Router extends AnyTRPCRouter, Context>(options: {
  path: string
  router: Router
  consoleContext(): Context
  log: Log
}): Promise<{ close(): Promise<void> }> => {
  const { path, router, consoleContext, log } = options
  if (await isAnswered(path)) throw new MatthanError('busy', 'identity.socketTaken', { path })
  await rm(path, { force: true })
  const { app, server } = makeLocalApp(limits, log)
  await mountApi(app, { router, createContext: consoleContext, log })
  await app.ready()
  // The socket is bound within `listen`, so it never exists with another mode.
  const mask = process.umask(0o177)
  try {
    server.listen(path)
  } finally {
    process.umask(mask)
  }
  await once(server, 'listening')
  await chmod(path, 0o600)
  return {
    close: async () => {
      // Fastify closes only what it opened itself.
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await app.close()
    }
  }
}

const isAnswered = async (path: string): Promise<boolean> => {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
