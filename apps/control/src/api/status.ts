import { allBoxes } from '../store/boxes.ts'
import { listClips } from '../store/clips.ts'
import { openConditions } from '../store/conditions.ts'
import { centreEpoch } from '../store/meta.ts'
import type { ApiDeps } from './deps.ts'
import { allowed } from './procedure.ts'

const underWay = ['requested', 'waitingForBox', 'holding', 'uploading', 'verifying', 'packaging']

export const status = ({ store, centre }: Pick<ApiDeps, 'store' | 'centre'>) =>
  allowed('status').query(async () => {
    const boxes = await allBoxes(store.read)
    return {
      ...centre(),
      centreEpoch: await centreEpoch(store.read),
      boxes: boxes.filter(one => one.state === 'enrolled').length,
      online: boxes.filter(one => one.online === 1).length,
      conditions: (await openConditions(store.read)).length,
      clips: (await listClips(store.read, 1000)).filter(one => underWay.includes(one.state)).length
    }
  })
