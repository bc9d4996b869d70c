import { MatthanError } from '@matthan/base/error'
import { Name, text } from '@matthan/protocol/scalars'
import { z } from 'zod'
import { channelShowing } from '../store/places.ts'
import type { ApiDeps } from './deps.ts'
import { findViewpoint } from './find.ts'
import { allowed } from './procedure.ts'

/** What a camera says of itself is asked now or not at all. */
const probeLifeMs = 10 * 60_000

/** Asks the camera of a viewpoint, by id or name, who it is and what it streams; the answer stands in the order. */
export const cameraProbe = ({ store, giveOrder, nowMs }: Pick<ApiDeps, 'store' | 'giveOrder' | 'nowMs'>) =>
  allowed('camera.probe')
    .input(z.object({ viewpoint: Name, reason: text(500), requestedBy: text(200) }))
    .mutation(async ({ input }) => {
      const { viewpoint_id: viewpointId, box_id: boxId } = await findViewpoint(store.read, input.viewpoint)
      const channelId = await channelShowing(store.read, viewpointId)
      if (!channelId) throw new MatthanError('notFound', 'control.noChannel', { viewpoint: input.viewpoint })
      const wish = { requestedBy: input.requestedBy, reason: input.reason, expiresMs: nowMs() + probeLifeMs }
      return { orderId: await giveOrder(boxId, 'probeCamera', { channelId }, wish) }
    })
