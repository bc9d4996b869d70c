import type { Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'
import { type Box, openEvidence } from './box.ts'
import { channelFactsOf } from './camera/learn.ts'
import type { ClockOffset } from './clock/centre.ts'
import type { Journal } from './footage/journal.ts'
import type { OwnIdentity } from './identity/files.ts'
import type { Link } from './link/link.ts'
import { forgetOrders, makeExecutor } from './orders/executor.ts'
import { makeExtractFootage } from './orders/extractFootage.ts'
import { openUpload } from './orders/open_upload.ts'
import { makePlaceHold } from './orders/placeHold.ts'
import { makeProbeCamera } from './orders/probeCamera.ts'
import { makeReleaseHold } from './orders/releaseHold.ts'
import { makeTakeSnapshot } from './orders/takeSnapshot.ts'
import type { Rounds } from './rounds.ts'
import { makeOutbox } from './upload/outbox.ts'
import { makeUploader } from './upload/uploader.ts'

const hour = 3600_000

/** What the centre may ask of this box and what comes of it: the executor with a handler an order, evidence, uploads. */
export const openOrderSide = (
  box: Box,
  options: {
    identity: OwnIdentity
    clock: Clock
    log: Log
    rounds: Rounds
    /** Takes in what the recorder has closed meanwhile. */
    journal: Journal
    synchronised(): boolean
    offset(): ClockOffset | undefined
    /** The centre's time, when it is known. */
    centreNowMs(): number | undefined
    progress: Link['progress']
  }
) => {
  const { identity, clock, log, rounds, journal, synchronised, offset, centreNowMs, progress } = options
  const { config, store, spool, cameras, meta, segments, holds, orders, footage, access } = box

  const evidence = openEvidence(box, identity, {
    clock,
    synchronised,
    refresh: journal.readNew,
    offset: () => {
      const known = offset()
      return known && { ...known, reference: 'centre' }
    }
  })
  const outbox = makeOutbox(config.dataFolder)
  let uploadIsStuck = false
  const uploader = makeUploader({
    uploads: box.uploads,
    identity: () => identity,
    open: openUpload({ outbox, footageFolder: config.footageFolder }),
    clock,
    log,
    stuck: isStuck => {
      uploadIsStuck = isStuck
    }
  })
  const sending = { outbox, uploader, spool, clock }
  const executor = makeExecutor({
    boxId: identity.boxId,
    commandKeys: identity.commandKeys,
    orders,
    spool,
    atomically: job => store.transaction(job).immediate(),
    hasWaitingResult: box.spoolRows.hasWaitingResult,
    clock,
    log,
    centreNowMs: () => centreNowMs() ?? (synchronised() ? clock.nowMs() : undefined),
    holdOnly: () => meta.get('holdOnly') ?? false,
    saw: ({ seq }) => meta.set('lastOrderSeq', Math.max(seq, meta.get('lastOrderSeq') ?? 0)),
    progress: (orderId, how) => progress({ orderId, ...how }),
    handlers: {
      placeHold: makePlaceHold({ holds }),
      releaseHold: makeReleaseHold({ holds }),
      extractFootage: makeExtractFootage({ ...sending, holds, evidence, segments, footage }),
      takeSnapshot: makeTakeSnapshot({
        ...sending,
        channelOf: viewpointId =>
          cameras.recorded().find(camera => camera.viewpoint?.viewpointId === viewpointId)?.channelId,
        snapshot: access.snapshot
      }),
      probeCamera: makeProbeCamera({
        probe: access.probe,
        learnt: (channelId, facts) => {
          const token = cameras.get(channelId)?.streamToken
          const stream = facts.streams.find(one => one.token === token) ?? facts.streams[0]
          if (stream) cameras.setFacts(channelId, channelFactsOf(facts, stream))
          rounds.now('setUp')
        }
      })
    }
  })

  rounds.add('tidy', hour, async () => {
    forgetOrders(orders, clock.nowMs())
    await outbox.tidy(orderId => orders.get(orderId)?.result !== undefined)
  })
  return { executor, uploadIsStuck: () => uploadIsStuck }
}
