import { boxAdd } from './box/add.ts'
import { boxList } from './box/list.ts'
import { boxRevoke } from './box/revoke.ts'
import { boxShow } from './box/show.ts'
import { cameraProbe } from './camera-probe.ts'
import { clipCancel } from './clip/cancel.ts'
import { clipList } from './clip/list.ts'
import { clipRequest } from './clip/request.ts'
import { clipStatus } from './clip/status.ts'
import type { ApiDeps } from './deps.ts'
import { feedChanges } from './feed-changes.ts'
import { healthList } from './health-list.ts'
import { orderList } from './order-list.ts'
import { makeTree } from './procedure.ts'
import { snapshotTake } from './snapshot-take.ts'
import { status } from './status.ts'
import { viewpointList } from './viewpoint-list.ts'

/** Every procedure of the centre; its type is the contract of the web and of the cli. */
export const makeRouter = (deps: ApiDeps) =>
  makeTree({
    box: makeTree({ add: boxAdd(deps), list: boxList(deps), revoke: boxRevoke(deps), show: boxShow(deps) }),
    camera: makeTree({ probe: cameraProbe(deps) }),
    clip: makeTree({
      cancel: clipCancel(deps),
      list: clipList(deps),
      request: clipRequest(deps),
      status: clipStatus(deps)
    }),
    feed: makeTree({ changes: feedChanges(deps) }),
    health: makeTree({ list: healthList(deps) }),
    order: makeTree({ list: orderList(deps) }),
    snapshot: makeTree({ take: snapshotTake(deps) }),
    viewpoint: makeTree({ list: viewpointList(deps) }),
    status: status(deps)
  })

export type AppRouter = ReturnType<typeof makeRouter>
