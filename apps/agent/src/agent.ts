import { join } from 'node:path'
import { bootId, type Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'
import { limits } from '@matthan/protocol/limits'
import type { At } from '@matthan/protocol/scalars'
import { openBox, openEvidence, openJournal } from './box.ts'
import { channelFactsOf } from './camera/learn.ts'
import { ensureSecretKey, writeRecorderConfig } from './camera/recorder_config.ts'
import { makeClockTeller } from './clock/tell.ts'
import { makeClockTrust } from './clock/trust.ts'
import { type AgentConfig, clockIsKeptOutside } from './config.ts'
import { makeCoverage } from './coverage/coverage.ts'
import { reconcile } from './footage/reconcile.ts'
import { makeConditions } from './health/conditions.ts'
import { makeHealth } from './health/health.ts'
import { makeInventory } from './health/inventory.ts'
import { makeMachine } from './health/proc.ts'
import { askTime } from './identity/enrol.ts'
import { readIdentity } from './identity/files.ts'
import { keepRenewed } from './identity/renewal.ts'
import { type Link, makeLink } from './link/link.ts'
import { makeOpenWire } from './link/wire.ts'
import { forgetOrders, makeExecutor } from './orders/executor.ts'
import { makeExtractFootage } from './orders/extractFootage.ts'
import { openUpload } from './orders/open_upload.ts'
import { makePlaceHold } from './orders/placeHold.ts'
import { makeProbeCamera } from './orders/probeCamera.ts'
import { makeReleaseHold } from './orders/releaseHold.ts'
import { makeTakeSnapshot } from './orders/takeSnapshot.ts'
import { floorOf, makeCleaner } from './retention/cleaner.ts'
import { clockIsTrusted } from './retention/clock_trust.ts'
import { isShort, makeRetention } from './retention/facts.ts'
import { makeRounds } from './rounds.ts'
import { conditionTable } from './store/conditions.ts'
import { coverageMarks } from './store/coverage.ts'
import { takeLock } from './store/lock.ts'
import { makeOutbox } from './upload/outbox.ts'
import { makeUploader } from './upload/uploader.ts'
import { agentVersion, earliestMs } from './version.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** The composition root: the one file that sees every room and ties them by arguments and callbacks. */
export const runAgent = async (options: {
  config: AgentConfig
  /** The program's main file, which serves the rooms that run in threads. */
  mainFile: URL
  clock: Clock
  log: Log
  signal: AbortSignal
}): Promise<void> => {
  const { config, mainFile, clock, log, signal } = options
  const { dataFolder, footageFolder } = config
  const identity = await readIdentity(dataFolder)
  const { boxId } = identity
  const lock = takeLock(join(dataFolder, 'agent.lock'))
  const boot = bootId()
  let link: Link | undefined

  const trust = makeClockTrust({ clock, offset: () => link?.clock() })
  const synchronised = () => clockIsKeptOutside() || trust.synchronised()
  const at = (): At => ({ ms: clock.nowMs(), clock: 'box', synchronised: synchronised() })
  const box = await openBox({ config, clock, log, mainFile, synchronised, appended: () => link?.changed() })
  const { store, spool, cameras, meta, segments, events, holds, orders } = box
  const rounds = makeRounds({ clock, log, signal })
  await trust.watch(signal)
  await ensureSecretKey(dataFolder)

  // health
  const conditions = makeConditions({ store, table: conditionTable(store), spool, clock, boxId })
  const active = () => cameras.all().filter(camera => camera.removedMs === undefined)
  const health = makeHealth({
    boxId,
    conditions,
    machine: makeMachine(),
    recorder: box.client.status,
    channelIds: () => active().map(camera => camera.channelId),
    space: box.space,
    dangerBytes: disk => floorOf(disk.totalBytes) / 2,
    synchronised
  })
  const inventory = makeInventory({
    agentVersion,
    footageFolder,
    setUp: () => ({
      recorders: cameras.recorders(),
      channels: cameras.channels(),
      viewpoints: cameras.viewpoints(),
      assignments: cameras.assignments()
    }),
    told: body => spool.append('inventory', body)
  })

  // footage, coverage, retention
  const tellClock = makeClockTeller({
    checks: box.clockChecks,
    told: fact => spool.append('clock', fact),
    clock,
    bootId: boot,
    synchronised,
    offset: () => link?.clock()
  })
  const journal = openJournal(box, {
    clock,
    log,
    told: (added, happened) => {
      if (added.length > 0) rounds.now('holds')
      for (const event of happened) {
        if (event.event !== 'clockStepped') continue
        health.clockStepped(event.deltaMs)
        tellClock({ atMs: event.atMs, deltaMs: event.deltaMs })
      }
    }
  })
  const coverage = makeCoverage({
    store,
    segments,
    events,
    marks: coverageMarks(store),
    spool,
    assignmentsOf: channelId => cameras.reaches({ channelId })
  })
  const retention = makeRetention({
    segments,
    events,
    deletions: box.deletions,
    holds: box.holdTable,
    viewpoints: cameras.viewpoints,
    assignmentsOf: viewpointId => cameras.assignments({ viewpointId }),
    space: box.space,
    nowMs: clock.nowMs
  })
  const clockTrusted = () =>
    clockIsTrusted({ synchronised: synchronised(), nowMs: clock.nowMs(), steps: events.clockSteps() })
  const cleaner = makeCleaner({
    segments,
    deletions: box.deletions,
    footage: box.footage,
    space: box.space,
    requiredDays: channelId => cameras.get(channelId)?.viewpoint?.requiredDays ?? 0,
    clockTrusted,
    nowMs: clock.nowMs,
    log,
    ...(config.floorBytes === undefined ? {} : { floorBytes: config.floorBytes })
  })
  const tellRetention = async (): Promise<void> => {
    const fact = await retention.now()
    spool.append('retention', fact)
    for (const entry of fact.viewpoints)
      conditions.observe({ code: 'retentionShortfall', subjectId: entry.channelId, present: isShort(entry) })
    const quota = (fact.disks[0]?.totalBytes ?? 0) * config.holdShare
    const heldBytes = holds.heldBytes()
    const details = { heldBytes, quotaBytes: Math.round(quota) }
    conditions.observe({ code: 'holdQuotaHalf', subjectId: boxId, present: heldBytes > quota / 2, details })
  }

  // evidence, uploads, orders
  const evidence = openEvidence(box, identity, {
    clock,
    synchronised,
    refresh: journal.readNew,
    offset: () => {
      const offset = link?.clock()
      return offset && { ...offset, reference: 'centre' }
    }
  })
  const outbox = makeOutbox(dataFolder)
  let uploadIsStuck = false
  const uploader = makeUploader({
    uploads: box.uploads,
    identity: () => identity,
    open: openUpload({ outbox, footageFolder }),
    clock,
    log,
    stuck: isStuck => {
      uploadIsStuck = isStuck
    }
  })
  const sending = { outbox, uploader, spool, clock }
  const executor = makeExecutor({
    boxId,
    commandKeys: identity.commandKeys,
    orders,
    spool,
    atomically: job => store.transaction(job).immediate(),
    hasWaitingResult: box.spoolRows.hasWaitingResult,
    clock,
    log,
    centreNowMs: () => (synchronised() ? clock.nowMs() : link?.centreNowMs()),
    holdOnly: () => meta.get('holdOnly') ?? false,
    saw: ({ seq }) => meta.set('lastOrderSeq', Math.max(seq, meta.get('lastOrderSeq') ?? 0)),
    progress: (orderId, progress) => link?.progress({ orderId, ...progress }),
    handlers: {
      placeHold: makePlaceHold({ holds }),
      releaseHold: makeReleaseHold({ holds }),
      extractFootage: makeExtractFootage({ ...sending, holds, evidence, segments, footage: box.footage }),
      takeSnapshot: makeTakeSnapshot({
        ...sending,
        channelOf: viewpointId => active().find(camera => camera.viewpoint?.viewpointId === viewpointId)?.channelId,
        snapshot: box.access.snapshot
      }),
      probeCamera: makeProbeCamera({
        probe: box.access.probe,
        learnt: (channelId, facts) => {
          const token = cameras.get(channelId)?.streamToken
          const stream = facts.streams.find(one => one.token === token) ?? facts.streams[0]
          if (stream) cameras.setFacts(channelId, channelFactsOf(facts, stream))
          rounds.now('setUp')
        }
      })
    }
  })

  link = makeLink({
    identity,
    drain: spool,
    meta,
    clock,
    bootId: boot,
    log,
    openWire: makeOpenWire(),
    at,
    hello: () => ({ agentVersion, configVersion: 0, ordersKnown: executor.known().slice(0, 1000) }),
    pulse: health.beat,
    ordered: executor.receive,
    timeKnown: () => {
      executor.timeKnown()
      tellClock()
    }
  })

  // what is done again and again; each failure is logged and the next round comes all the same
  let dataVersion = store.pragma('data_version', { simple: true })
  rounds.add('setUp', hour, async () => {
    await writeRecorderConfig(dataFolder, cameras.all(), config.segmentSeconds)
    await inventory.refresh()
  })
  rounds.add('commands', second, () => {
    // A command beside us has written: new facts, other cameras.
    const version = store.pragma('data_version', { simple: true })
    if (version === dataVersion) return
    dataVersion = version
    link.changed()
    rounds.now('setUp')
  })
  rounds.add('health', second, health.tick)
  rounds.add('spool', 10 * second, () => {
    const { bytes, records } = spool.pending()
    const full = { present: bytes > limits.spoolBytes, details: { bytes, records } }
    conditions.observe({ code: 'spoolFull', subjectId: boxId, ...full })
    conditions.observe({ code: 'uploadStuck', subjectId: boxId, present: uploadIsStuck })
  })
  rounds.add('coverage', minute, () => void coverage.tell())
  rounds.add('retention', 5 * minute, tellRetention)
  rounds.add('holds', minute, async () => {
    await holds.settle(signal)
    if (clockTrusted()) await holds.expire(signal)
  })
  rounds.add('cleaner', minute, async () => {
    const swept = await cleaner.sweep(signal)
    if (swept.segments > 0 || swept.starved) log.info(swept, 'footage deleted')
  })
  rounds.add('clock', 10 * minute, () => tellClock())
  rounds.add('time', 5 * minute, async () => {
    // TLS believes no certificate while the clock is before this program was written; the time can be asked for.
    if (clock.nowMs() >= earliestMs) return
    const centreMs = await askTime(identity.joinUrl, { root: identity.ca }, signal)
    log.error({ boxMs: clock.nowMs(), centreMs }, 'clock is wrong')
  })
  rounds.add('tidy', hour, async () => {
    forgetOrders(orders, clock.nowMs())
    await outbox.tidy(orderId => orders.get(orderId)?.result !== undefined)
  })
  rounds.add('reconcile', day, async () => {
    const lost = (segment: { segmentId: string; path: string }, reason: string) =>
      log.error({ segmentId: segment.segmentId, path: segment.path, reason }, 'segment lost')
    await reconcile({ folder: footageFolder, segments, signal, log, lost })
  })

  log.info({ boxId, dataFolder, footageFolder, version: agentVersion }, 'agent started')
  try {
    await Promise.all([
      rounds.run(),
      journal.run(signal),
      executor.run(signal),
      link.run(signal),
      keepRenewed({ identity, clock, nowMs: () => link.centreNowMs() ?? clock.nowMs(), signal, log })
    ])
  } finally {
    store.close()
    lock.release()
    log.info({ boxId }, 'agent stopped')
  }
}
