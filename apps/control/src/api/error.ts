import { type ErrorKind, type ErrorOnWire, fromUnknown, MatthanError } from '@matthan/base/error'
import { TRPCError } from '@trpc/server'
import { ZodError } from 'zod'

type TrpcCode = TRPCError['code']

/** Adding a kind does not compile until it has a code. */
const codeOf: Record<ErrorKind, TrpcCode> = {
  usage: 'BAD_REQUEST',
  config: 'PRECONDITION_FAILED',
  notEnrolled: 'UNAUTHORIZED',
  unreachable: 'SERVICE_UNAVAILABLE',
  refused: 'FORBIDDEN',
  verification: 'UNPROCESSABLE_CONTENT',
  busy: 'TOO_MANY_REQUESTS',
  notFound: 'NOT_FOUND',
  exhausted: 'INTERNAL_SERVER_ERROR',
  dataLoss: 'INTERNAL_SERVER_ERROR',
  internal: 'INTERNAL_SERVER_ERROR'
}

export const trpcError = (error: unknown): TRPCError => {
  const e = fromUnknown(error)
  return new TRPCError({ code: codeOf[e.kind], message: e.message, cause: e })
}

/** What a caller may know: kind, key and parameters of ours; nothing of an inside error but that there was one. */
export const publicError = (error: TRPCError): ErrorOnWire => {
  const { cause } = error
  if (cause instanceof MatthanError && cause.kind !== 'internal')
    return { kind: cause.kind, key: cause.key, params: cause.params }
  if (cause instanceof ZodError) {
    const issue = cause.issues[0]
    const reason = `${issue?.path.join('.') || '(root)'}: ${issue?.message ?? 'invalid'}`
    return { kind: 'usage', key: 'base.badShape', params: { what: 'input', reason } }
  }
  // Of tRPC itself: an unknown procedure, a body that is no JSON.
  const known = error.code !== 'INTERNAL_SERVER_ERROR'
  if (known)
    return {
      kind: error.code === 'NOT_FOUND' ? 'notFound' : 'usage',
      key: 'base.badShape',
      params: { what: 'request', reason: error.code }
    }
  return { kind: 'internal', key: 'base.internal', params: { reason: 'internal' } }
}
