import { Name, text } from '@matthan/protocol/scalars'
import { z } from 'zod'
import type { ApiDeps } from '../deps.ts'
import { findBox } from '../find.ts'
import { allowed } from '../procedure.ts'

/** Ends a box's right to connect, for ever; its connection is cut at once. The reason is kept with the box. */
export const boxRevoke = ({ store, revokeBox }: Pick<ApiDeps, 'store' | 'revokeBox'>) =>
  allowed('box.revoke')
    .input(z.object({ box: Name, reason: text(500).pipe(z.string().min(1)) }))
    .mutation(async ({ input }) => {
      const box = await findBox(store.read, input.box)
      await revokeBox(box.box_id, input.reason)
      return { boxId: box.box_id, name: box.name, reason: input.reason }
    })
