import { Name, text } from '@matthan/protocol/scalars'
import { z } from 'zod'
import type { ApiDeps } from '../deps.ts'
import { findClip } from '../find.ts'
import { allowed } from '../procedure.ts'

/** Gives a clip up before it is packed; its hold is released. */
export const clipCancel = ({ store, cancelClip }: Pick<ApiDeps, 'store' | 'cancelClip'>) =>
  allowed('clip.cancel')
    .input(z.object({ clip: Name, reason: text(500), requestedBy: text(200) }))
    .mutation(async ({ input }) => {
      const clip = await findClip(store.read, input.clip)
      await cancelClip(clip.clip_id, { requestedBy: input.requestedBy, reason: input.reason })
      return { clipId: clip.clip_id, evidenceId: clip.evidence_id }
    })
