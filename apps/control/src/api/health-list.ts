import { type ConditionCode, conditions } from '@matthan/protocol/health'
import { Name } from '@matthan/protocol/scalars'
import { z } from 'zod'
import { openConditions } from '../store/conditions.ts'
import type { ApiDeps } from './deps.ts'
import { findBox } from './find.ts'
import { allowed } from './procedure.ts'
import { viewCondition } from './views.ts'

/** Conditions that are raised, newest first; `foldedUnder` names the one that explains it (protocol/health dependsOn). */
export const healthList = ({ store }: Pick<ApiDeps, 'store'>) =>
  allowed('health.list')
    .input(z.object({ box: Name.optional() }))
    .query(async ({ input }) => {
      const boxId = input.box && (await findBox(store.read, input.box)).box_id
      const open = await openConditions(store.read, boxId || undefined)
      return open.map(row => {
        const spec = conditions[row.code as ConditionCode]
        const causes: readonly string[] = spec.dependsOn
        // A condition of one camera explains nothing about another; one of the box or a disk explains them all.
        const isNear = (other: (typeof open)[number]) =>
          conditions[other.code as ConditionCode].subject !== 'channel' || other.subject_id === row.subject_id
        const cause = open.find(other => other.box_id === row.box_id && causes.includes(other.code) && isNear(other))
        return { ...viewCondition(row), severity: spec.severity, endangers: spec.endangers, foldedUnder: cause?.code }
      })
    })
