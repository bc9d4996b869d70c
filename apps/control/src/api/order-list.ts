import { Name } from '@matthan/protocol/scalars'
import { z } from 'zod'
import { listOrders } from '../store/orders.ts'
import type { ApiDeps } from './deps.ts'
import { findBox, findClip } from './find.ts'
import { allowed } from './procedure.ts'
import { viewOrder } from './views.ts'

/** Newest first. */
export const orderList = ({ store }: Pick<ApiDeps, 'store'>) =>
  allowed('order.list')
    .input(z.object({ box: Name.optional(), clip: Name.optional(), most: z.int().min(1).max(1000).default(100) }))
    .query(async ({ input }) => {
      const boxId = input.box && (await findBox(store.read, input.box)).box_id
      const clipId = input.clip && (await findClip(store.read, input.clip)).clip_id
      return (await listOrders(store.read, { boxId, clipId, most: input.most })).map(viewOrder)
    })
