import type { Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'
import type { AnyTRPCRouter } from '@trpc/server'
import type { ListenerTls } from '../broker/peers.ts'
import { type DevicePort, startDevice } from './device.ts'
import { type JoinPort, startJoin } from './join.ts'
import { startLocal } from './local.ts'
import { startWeb, type WebPort } from './web.ts'

export type Listeners = {
  /** The real ones, where 0 was asked for. */
  ports: { web: number; device: number; join: number }
  /** Destroys the connections of a box. */
  cut(boxId: string): void
  useTls(tls: ListenerTls): void
  close(): Promise<void>
}

/** Opens everything of the centre that speaks HTTP; when one cannot be opened, none stays open. */
export const startListeners = async <Router extends AnyTRPCRouter, Context>(
  options: {
    bind: string
    ports: { web: number; device: number; join: number }
    /** Path of the local socket. */
    socket: string
    tls: ListenerTls
    /** Who asks on the local socket. */
    consoleContext(): Context
    clock: Clock
    log: Log
  } & DevicePort &
    JoinPort &
    WebPort<Router, Context>
): Promise<Listeners> => {
  const { ports, socket, ...rest } = options
  const opened: { close(): Promise<void> }[] = []
  const keep = async <L extends { close(): Promise<void> }>(starting: Promise<L>): Promise<L> => {
    const listener = await starting
    opened.unshift(listener)
    return listener
  }
  const close = async (): Promise<void> => {
    for (const listener of opened) await listener.close()
  }
  try {
    await keep(startLocal({ ...rest, path: socket }))
    const join = await keep(startJoin({ ...rest, port: ports.join }))
    const device = await keep(startDevice({ ...rest, port: ports.device }))
    const web = await keep(startWeb({ ...rest, port: ports.web }))
    return {
      ports: { web: web.port, device: device.port, join: join.port },
      cut: device.cut,
      useTls: tls => {
        for (const listener of [web, device, join]) listener.useTls(tls)
      },
      close
    }
  } catch (error) {
    await close()
    throw error
  }
}
