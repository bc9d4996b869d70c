import { Name } from '@matthan/protocol/scalars'
import { z } from 'zod'
import { packageById } from '../../store/clips.ts'
import { custodyOf } from '../../store/footage.ts'
import { listOrders } from '../../store/orders.ts'
import type { ApiDeps } from '../deps.ts'
import { findClip } from '../find.ts'
import { allowed } from '../procedure.ts'
import { viewClip, viewOrder, viewPackage } from '../views.ts'

/** One clip by id or label: its state, its transfer as it is now, its orders, its package, and what the box did for it. */
export const clipStatus = (deps: Pick<ApiDeps, 'store' | 'progressOf' | 'vaultFolder'>) =>
  allowed('clip.status')
    .input(z.object({ clip: Name }))
    .query(async ({ input }) => {
      const { read } = deps.store
      const clip = await findClip(read, input.clip)
      const made = clip.package_id ? await packageById(read, clip.package_id) : undefined
      return {
        ...viewClip(clip),
        progress: deps.progressOf(clip.extract_order_id),
        package: made && viewPackage(made, deps.vaultFolder),
        /** Relative to the vault. */
        packagePath: made?.path,
        orders: (await listOrders(read, { clipId: clip.clip_id, most: 20 })).map(viewOrder),
        custody: (await custodyOf(read, clip.clip_id)).map(row => ({
          atMs: row.at_ms,
          action: row.action,
          details: JSON.parse(row.details) as Record<string, string | number>
        }))
      }
    })
