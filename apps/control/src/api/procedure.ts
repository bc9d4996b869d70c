import { MatthanError } from '@matthan/base/error'
import { initTRPC } from '@trpc/server'
import { publicError, trpcError } from './error.ts'
import { type Actor, mayDo, type Permission } from './permissions.ts'

export type Context = { actor: Actor }

const t = initTRPC
  .context<Context>()
  .meta<{ permission: Permission }>()
  .create({
    isDev: false,
    errorFormatter: ({ shape, error }) => {
      const wire = publicError(error)
      return { ...shape, message: wire.key, data: { code: shape.data.code, httpStatus: shape.data.httpStatus, wire } }
    }
  })

export const makeTree = t.router
export const callerOf = t.createCallerFactory

/** The only way to make a procedure: deny by default. */
export const allowed = (permission: Permission) =>
  t.procedure.meta({ permission }).use(async ({ ctx, next }) => {
    if (!mayDo(ctx.actor, permission))
      throw trpcError(new MatthanError('refused', 'control.notAllowed', { permission }))
    const result = await next()
    if (!result.ok && result.error.cause && result.error.code === 'INTERNAL_SERVER_ERROR')
      throw trpcError(result.error.cause)
    return result
  })
