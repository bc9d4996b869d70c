import type { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage } from 'node:http'
import { ERRORS, type Lock, type Locker } from '@tus/utils'

/** The request that the running tus handler answers. */
export type Body = { raw: IncomingMessage }

/**
 * One request at a time on one upload; **the newest wins**. A box whose link broke comes back while its old PATCH
 * still waits on a connection that is dead and not yet known to be: that one is cut, keeps what it has
 * written, and the box goes on from there at once.
 */
export const makeUploadLocker = (bodies: AsyncLocalStorage<Body>): Locker => {
  const holders = new Map<string, { raw: IncomingMessage | undefined; released: Promise<void> }>()
  return {
    newLock: (id): Lock => {
      let release: (() => void) | undefined
      return {
        lock: async signal => {
          for (;;) {
            if (signal.aborted) throw ERRORS.ERR_LOCK_TIMEOUT
            const holder = holders.get(id)
            if (!holder) break
            // A request that was read whole only waits for the disk; it is left to finish.
            if (holder.raw?.method === 'PATCH' && !holder.raw.complete) holder.raw.destroy()
            await holder.released
          }
          const { promise: released, resolve } = Promise.withResolvers<void>()
          release = resolve
          holders.set(id, { raw: bodies.getStore()?.raw, released })
        },
        unlock: async () => {
          holders.delete(id)
          release?.()
        }
      }
    }
  }
}
