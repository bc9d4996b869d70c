import { Heartbeat } from '@matthan/protocol/envelope'
import { Inventory, Retention } from '@matthan/protocol/facts'
import { Name } from '@matthan/protocol/scalars'
import { z } from 'zod'
import { openConditions } from '../../store/conditions.ts'
import { disksOf, retentionOf } from '../../store/footage.ts'
import { quarantineOf } from '../../store/lanes.ts'
import type { ApiDeps } from '../deps.ts'
import { findBox } from '../find.ts'
import { allowed } from '../procedure.ts'
import { viewBox, viewCondition } from '../views.ts'

const [RetentionOfViewpoint, RetentionOfDisk] = [Retention.shape.viewpoints.element, Retention.shape.disks.element]

/** All that is known of one box: what it is made of, how it does, what its footage covers, what of it could not be taken. */
export const boxShow = ({ store }: Pick<ApiDeps, 'store'>) =>
  allowed('box.show')
    .input(z.object({ box: Name }))
    .query(async ({ input }) => {
      const { read } = store
      const box = await findBox(read, input.box)
      const boxId = box.box_id
      return {
        ...viewBox(box),
        inventory: box.inventory === null ? undefined : Inventory.parse(JSON.parse(box.inventory)),
        heartbeat: box.heartbeat === null ? undefined : Heartbeat.parse(JSON.parse(box.heartbeat)),
        heartbeatMs: box.heartbeat_ms ?? undefined,
        conditions: (await openConditions(read, boxId)).map(viewCondition),
        retention: (await retentionOf(read, boxId)).map(row => ({
          statedMs: row.stated_ms,
          ...RetentionOfViewpoint.parse(JSON.parse(row.detail))
        })),
        disks: (await disksOf(read, boxId)).map(row => ({
          statedMs: row.stated_ms,
          ...RetentionOfDisk.parse(JSON.parse(row.detail))
        })),
        quarantine: (await quarantineOf(read, boxId, 20)).map(row => ({
          kind: row.kind,
          seq: row.seq ?? undefined,
          reason: row.reason,
          atMs: row.at_ms
        }))
      }
    })
