import type { Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'
import { type Box, openJournal } from './box.ts'
import { writeRecorderConfig } from './camera/recorder_config.ts'
import type { ClockOffset } from './clock/centre.ts'
import { makeClockTeller } from './clock/tell.ts'
import { makeCoverage } from './coverage/coverage.ts'
import { reconcile } from './footage/reconcile.ts'
import { makeConditions } from './health/conditions.ts'
import { makeHealth } from './health/health.ts'
import { makeInventory } from './health/inventory.ts'
import { makeMachine } from './health/proc.ts'
import { floorOf, makeCleaner } from './retention/cleaner.ts'
import { clockIsTrusted } from './retention/clock_trust.ts'
import { isShort, makeRetention } from './retention/facts.ts'
import type { Rounds } from './rounds.ts'
import { conditionTable } from './store/conditions.ts'
import { coverageMarks } from './store/coverage.ts'
import { agentVersion } from './version.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/**
 * What is recorded, how long it stays, and how the box is: journal, coverage, retention, deletion, health, inventory.
 * Their rounds are added here; whoever runs them and the journal makes all of it go.
 */
export const openRecordingSide = (
  box: Box,
  options: {
    boxId: string
    bootId: string
    clock: Clock
    log: Log
    signal: AbortSignal
    rounds: Rounds
    synchronised(): boolean
    offset(): ClockOffset | undefined
  }
) => {
  const { boxId, bootId, clock, log, signal, rounds, synchronised, offset } = options
  const { config, store, spool, cameras, segments, events, holds } = box

  const conditions = makeConditions({ store, table: conditionTable(store), spool, clock, boxId })
  let starved = false
  const health = makeHealth({
    boxId,
    conditions,
    machine: makeMachine(),
    recorder: box.client.status,
    channelIds: () => cameras.recorded().map(camera => camera.channelId),
    space: box.space,
    dangerBytes: disk => floorOf(disk.totalBytes) / 2,
    starved: () => starved,
    synchronised
  })
  const inventory = makeInventory({
    agentVersion,
    footageFolder: config.footageFolder,
    setUp: () => ({
      recorders: cameras.recorders(),
      channels: cameras.channels(),
      viewpoints: cameras.viewpoints(),
      assignments: cameras.assignments()
    }),
    told: body => spool.append('inventory', body)
  })
  const tellClock = makeClockTeller({
    checks: box.clockChecks,
    told: fact => spool.append('clock', fact),
    clock,
    bootId,
    synchronised,
    offset
  })

  /** Channels whose first footage since this start is known: retention is told when a channel begins to have some. */
  const begun = new Set<string>()
  const journal = openJournal(box, {
    clock,
    log,
    told: (added, happened) => {
      if (added.length > 0) rounds.now('holds')
      const known = begun.size
      for (const { channelId } of added) begun.add(channelId)
      if (begun.size > known) rounds.now('retention')
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
    gone: box.gone,
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
    requiredDays: cameras.requiredDays,
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

  rounds.add('setUp', hour, async () => {
    await writeRecorderConfig(config.dataFolder, cameras.all(), config.segmentSeconds)
    await inventory.refresh()
  })
  // The recorder's status is new every two seconds.
  rounds.add('health', 2 * second, health.tick)
  rounds.add('coverage', minute, () => void coverage.tell())
  rounds.add('gone', hour, () => void coverage.tellGone())
  rounds.add('retention', 5 * minute, tellRetention)
  rounds.add('holds', minute, async () => {
    await holds.settle(signal)
    if (clockTrusted()) await holds.expire(signal)
  })
  rounds.add('cleaner', minute, async () => {
    const swept = await cleaner.sweep(signal)
    starved = swept.starved
    if (swept.segments > 0 || swept.starved) log.info(swept, 'footage deleted')
  })
  rounds.add('clock', 10 * minute, () => tellClock())
  rounds.add('reconcile', day, async () => {
    const lost = (segment: { segmentId: string; path: string }, reason: string) =>
      log.error({ segmentId: segment.segmentId, path: segment.path, reason }, 'segment lost')
    await reconcile({ folder: config.footageFolder, segments, signal, log, lost })
  })

  return { conditions, health, journal, tellClock }
}

export type RecordingSide = ReturnType<typeof openRecordingSide>
