import { MatthanError } from '@matthan/base/error'
import { Milliseconds, Name, text } from '@matthan/protocol/scalars'
import { z } from 'zod'
import { clipById } from '../../store/clips.ts'
import type { ApiDeps } from '../deps.ts'
import { findViewpoint } from '../find.ts'
import { allowed } from '../procedure.ts'
import { viewClip } from '../views.ts'

const Wish = z.object({
  viewpoint: Name,
  fromMs: Milliseconds,
  toMs: Milliseconds,
  reason: text(500).pipe(z.string().min(1)),
  requestedBy: text(200).pipe(z.string().min(1))
})

/** Asks for the footage of a viewpoint, by id or name, in [fromMs, toMs). */
export const clipRequest = ({ store, requestClip }: Pick<ApiDeps, 'store' | 'requestClip'>) =>
  allowed('clip.request')
    .input(Wish)
    .mutation(async ({ input }) => {
      const { viewpoint, ...wish } = input
      const viewpointId = (await findViewpoint(store.read, viewpoint)).viewpoint_id
      const clipId = await requestClip({ ...wish, viewpointId })
      const clip = await clipById(store.read, clipId)
      if (!clip) throw new MatthanError('notFound', 'control.noClip', { clip: clipId })
      return viewClip(clip)
    })
