import { tracked } from '@trpc/server'
import { z } from 'zod'
import { followChanges } from '../feed/feed.ts'
import type { ApiDeps } from './deps.ts'
import { allowed } from './procedure.ts'

/** Every change, resumable: a reader that comes back says the last number that it saw. */
export const feedChanges = (deps: Pick<ApiDeps, 'store' | 'signal'>) =>
  allowed('feed.changes')
    .input(z.object({ lastEventId: z.coerce.number().int().min(0).optional() }))
    .subscription(async function* ({ input, signal }) {
      const end = signal ? AbortSignal.any([signal, deps.signal]) : deps.signal
      for await (const event of followChanges(deps.store, input.lastEventId, end))
        yield tracked(String(event.seq), event)
    })
