import { z } from 'zod'
import { listClips } from '../../store/clips.ts'
import type { ApiDeps } from '../deps.ts'
import { allowed } from '../procedure.ts'
import { viewClip } from '../views.ts'

/** Newest first. */
export const clipList = ({ store }: Pick<ApiDeps, 'store'>) =>
  allowed('clip.list')
    .input(z.object({ most: z.int().min(1).max(1000).default(100) }))
    .query(async ({ input }) => (await listClips(store.read, input.most)).map(viewClip))
