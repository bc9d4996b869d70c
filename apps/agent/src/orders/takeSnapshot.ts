import { createHash } from 'node:crypto'
import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { limits } from '@matthan/protocol/limits'
import { type OrderOutput, orderKinds } from '@matthan/protocol/orders'
import { readMessage } from '@matthan/protocol/read'
import { snapshotName } from '@matthan/protocol/upload'
import type { Snapshot } from '../camera/snapshot.ts'
import type { Spool } from '../spool/spool.ts'
import type { Outbox } from '../upload/outbox.ts'
import type { Uploader } from '../upload/uploader.ts'
import type { OrderHandler } from './handler.ts'

export type SnapshotDeps = {
  /** The channel that shows a viewpoint now. */
  channelOf(viewpointId: string): string | undefined
  /** One picture of a channel now. */
  snapshot(channelId: string, options: { deadlineMs: number; signal: AbortSignal }): Promise<Snapshot>
  outbox: Outbox
  uploader: Uploader
  spool: Spool
  clock: Clock
}

const deadlineMs = 20_000
const factsName = 'snapshot.json'
const output = orderKinds.takeSnapshot.output

/** One picture now. Run again after a crash it sends the picture that was taken first. */
export const makeTakeSnapshot =
  (deps: SnapshotDeps): OrderHandler<'takeSnapshot'> =>
  async ({ viewpointId }, { orderId, signal, progress }) => {
    const { channelOf, snapshot, outbox, uploader, spool, clock } = deps
    const taken = await outbox.read(orderId, factsName)
    let facts: OrderOutput<'takeSnapshot'>
    if (taken) {
      facts = readMessage('snapshot', output, taken)
    } else {
      const channelId = channelOf(viewpointId)
      if (!channelId) throw new MatthanError('notFound', 'agent.noSuchViewpoint', { viewpointId })
      const { jpeg, width, height } = await snapshot(channelId, { deadlineMs, signal })
      if (jpeg.length > limits.snapshotBytes)
        throw new MatthanError('exhausted', 'agent.snapshotTooLarge', { bytes: jpeg.length })
      const sha256 = createHash('sha256').update(jpeg).digest('hex')
      facts = { sha256, bytes: jpeg.length, takenMs: clock.nowMs(), width, height }
      await outbox.write(orderId, snapshotName, jpeg)
      await outbox.write(orderId, factsName, JSON.stringify(facts))
      spool.append('custody', { orderId, action: 'snapshotTaken', details: { viewpointId, sha256 } })
    }
    if (await outbox.read(orderId, snapshotName)) {
      const { bytes, sha256 } = facts
      const file = { name: snapshotName, path: outbox.pathOf(orderId, snapshotName), bytes, sha256 }
      await uploader.uploadOrder(orderId, [file], { signal, progress })
      await outbox.remove(orderId, [snapshotName])
    }
    return facts
  }
