import { newId } from '@matthan/base/id'
import { Name, text } from '@matthan/protocol/scalars'
import { z } from 'zod'
import { insertSnapshot } from '../store/clips.ts'
import type { ApiDeps } from './deps.ts'
import { findViewpoint } from './find.ts'
import { allowed } from './procedure.ts'

/** A picture of now is worth nothing an hour later. */
const snapshotLifeMs = 10 * 60_000

/** Asks for one picture of a viewpoint, by id or name. */
export const snapshotTake = ({ store, giveOrder, nowMs }: Pick<ApiDeps, 'store' | 'giveOrder' | 'nowMs'>) =>
  allowed('snapshot.take')
    .input(z.object({ viewpoint: Name, reason: text(500), requestedBy: text(200) }))
    .mutation(async ({ input }) => {
      const viewpoint = await findViewpoint(store.read, input.viewpoint)
      const viewpointId = viewpoint.viewpoint_id
      const snapshotId = newId()
      const requestedMs = nowMs()
      const wish = { requestedBy: input.requestedBy, reason: input.reason, expiresMs: requestedMs + snapshotLifeMs }
      const orderId = await giveOrder(viewpoint.box_id, 'takeSnapshot', { snapshotId, viewpointId }, wish)
      await store.write(trx => insertSnapshot(trx, { snapshotId, viewpointId, orderId, requestedMs }))
      return { snapshotId, orderId }
    })
