import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import type { Log } from '@matthan/base/log'
import { type RenewAnswer, RenewRequest, renewPath } from '@matthan/protocol/enrolment'
import { limits as protocolLimits } from '@matthan/protocol/limits'
import { readShape } from '@matthan/protocol/read'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { makeAudit } from '../broker/audit.ts'
import { type CheckPeer, deviceTls, gatePeers, type ListenerTls } from '../broker/peers.ts'
import { type HttpLimits, makeTlsApp } from './app.ts'
import { type Listener, listen } from './listen.ts'

const usualLimits: HttpLimits = {
  headersMs: 10_000,
  requestMs: 0,
  silenceMs: protocolLimits.uploadIdleMs,
  bodyBytes: 64 * 1024,
  connections: 4000
}
const recheckMs = 60_000

export type DevicePort = {
  checkPeer: CheckPeer
  renew(boxId: string, csrPem: string): Promise<RenewAnswer>
  /** Adds the upload routes; `boxOf` names the box by its verified certificate (I7). */
  mountUploads?(app: FastifyInstance, boxOf: (request: FastifyRequest) => string): Promise<void>
}

export type DeviceListener = Listener<ListenerTls> & { cut(boxId: string): void }

/** For boxes that are signed in by their certificate: uploads and `/renew`. */
export const startDevice = async (
  options: {
    tls: ListenerTls
    bind: string
    port: number
    clock: Clock
    log: Log
    limits?: Partial<HttpLimits>
  } & DevicePort
): Promise<DeviceListener> => {
  const { tls, bind, port, clock, log, checkPeer, renew, mountUploads } = options
  const name = 'matthan-device'
  const limits = { ...usualLimits, ...options.limits }
  const audit = makeAudit('device', log, clock)
  const { app, server } = makeTlsApp(deviceTls(tls, name), limits, log)
  const peers = gatePeers(server, { checkPeer, audit })

  const boxOf = (request: FastifyRequest): string => {
    const peer = peers.peerOf(request.raw.socket)
    if (!peer) throw new MatthanError('refused', 'identity.peerRefused', { reason: 'no certificate' })
    return peer.boxId
  }
  // Nothing is mounted on this listener that does not ask first who is there.
  app.addHook('onRequest', async request => void boxOf(request))
  app.post(renewPath, async request => await renew(boxOf(request), readShape('renew', RenewRequest, request.body).csr))
  await mountUploads?.(app, boxOf)

  const stop = new AbortController()
  clock.every(recheckMs, peers.recheck, stop.signal)
  const listener = await listen<ListenerTls>({
    app,
    server,
    bind,
    port,
    clock,
    audit,
    setTls: next => deviceTls(next, name)
  })
  return {
    ...listener,
    cut: peers.cut,
    close: async () => {
      stop.abort()
      peers.closeAll()
      await listener.close()
    }
  }
}
