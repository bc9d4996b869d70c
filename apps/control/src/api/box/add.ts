import { Name, text } from '@matthan/protocol/scalars'
import { z } from 'zod'
import type { ApiDeps } from '../deps.ts'
import { allowed } from '../procedure.ts'

/** A code by which a new box of this name joins. */
export const boxAdd = ({ makeCode }: Pick<ApiDeps, 'makeCode'>) =>
  allowed('box.add')
    .input(z.object({ name: Name, unitLabel: text(200).default('') }))
    .mutation(({ input }) => makeCode(input))
