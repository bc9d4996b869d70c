import { type ErrorKind, fromUnknown, MatthanError, toWire } from '@matthan/base/error'
import type { Log } from '@matthan/base/log'
import type { FastifyInstance } from 'fastify'

/** How the listeners answer an error of ours. */
const statusOf: Record<ErrorKind, number> = {
  usage: 400,
  notEnrolled: 401,
  refused: 403,
  notFound: 404,
  verification: 422,
  busy: 429,
  unreachable: 503,
  exhausted: 507,
  config: 500,
  dataLoss: 500,
  internal: 500
}

/** Fastify's own refusals (a body too large, no JSON, an unknown content type) keep their status. */
const statusOfFastify = (error: unknown): number | undefined => {
  const status = (error as { statusCode?: unknown } | null)?.statusCode
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined
}

/** Every answer that is an error is {kind, key, params}; of a defect of ours nothing but that it is one is told. */
export const answerErrors = (app: FastifyInstance, log: Log): void => {
  app.setNotFoundHandler((_, reply) => {
    reply.code(404).send(toWire(new MatthanError('notFound', 'identity.noSuchPath')))
  })
  app.setErrorHandler((thrown, request, reply) => {
    const status = statusOfFastify(thrown)
    if (status) {
      const reason = thrown instanceof Error ? thrown.message.slice(0, 200) : ''
      return reply
        .code(status)
        .send(toWire(new MatthanError('usage', 'base.badShape', { what: request.routeOptions.url ?? '', reason })))
    }
    const error = fromUnknown(thrown)
    if (error.kind !== 'internal') return reply.code(statusOf[error.kind]).send(toWire(error))
    log.error({ err: error, route: request.routeOptions.url }, 'request failed')
    return reply.code(500).send({ kind: error.kind, key: error.key, params: { reason: '' } })
  })
}
