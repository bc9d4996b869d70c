import type { Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'
import {
  type EnrolAnswer,
  EnrolRequest,
  enrolPath,
  RecoverRequest,
  type RenewAnswer,
  recoverPath,
  type TimeAnswer,
  timePath
} from '@matthan/protocol/enrolment'
import { limits as protocolLimits } from '@matthan/protocol/limits'
import { readShape } from '@matthan/protocol/read'
import { makeAudit } from '../broker/audit.ts'
import { makeAddressRate } from './address-rate.ts'
import { type HttpLimits, makeTlsApp } from './app.ts'
import { type Listener, listen, type WebTls, webTls } from './listen.ts'

const usualLimits: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  silenceMs: 30_000,
  bodyBytes: 64 * 1024,
  connections: 1000
}

export type JoinPort = {
  redeem(request: EnrolRequest): Promise<EnrolAnswer>
  recover(request: RecoverRequest): Promise<RenewAnswer>
}

/** For boxes that have no certificate to sign in with, or none any more: `/enrol`, `/recover`, `/time`. */
export const startJoin = async (
  options: { tls: WebTls; bind: string; port: number; clock: Clock; log: Log; limits?: Partial<HttpLimits> } & JoinPort
): Promise<Listener> => {
  const { tls, bind, port, clock, log, redeem, recover } = options
  const limits = { ...usualLimits, ...options.limits }
  const audit = makeAudit('join', log, clock)
  const tries = makeAddressRate({ perMinute: 5, burst: protocolLimits.enrolTries, clock })
  const questions = makeAddressRate({ perMinute: 60, burst: 60, clock })
  const { app, server } = makeTlsApp(webTls(tls, 'matthan-join'), limits, log)

  app.addHook('onRequest', async request => {
    const rate = request.routeOptions.url === timePath ? questions : tries
    rate.take(request.ip)
  })
  app.addHook('onError', async (request, _, error) => {
    audit({ what: `${request.routeOptions.url ?? 'unknown path'} refused`, address: request.ip }, error)
  })
  app.post(enrolPath, async request => await redeem(readShape('enrol', EnrolRequest, request.body)))
  app.post(recoverPath, async request => await recover(readShape('recover', RecoverRequest, request.body)))
  app.get(timePath, async (): Promise<TimeAnswer> => ({ centreTimeMs: clock.nowMs() }))
  return await listen({ app, server, bind, port, clock, audit, setTls: next => webTls(next, 'matthan-join') })
}
