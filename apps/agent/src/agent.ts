import { join } from 'node:path'
import { type Clock, bootId as readBootId } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'
import { limits } from '@matthan/protocol/limits'
import type { At } from '@matthan/protocol/scalars'
import { openBox } from './box.ts'
import { ensureSecretKey } from './camera/recorder_config.ts'
import { makeClockTrust } from './clock/trust.ts'
import type { AgentConfig } from './config.ts'
import { askTime } from './identity/enrol.ts'
import { readIdentity } from './identity/files.ts'
import { keepRenewed } from './identity/renewal.ts'
import { type Link, makeLink } from './link/link.ts'
import { makeOpenWire } from './link/wire.ts'
import { openOrderSide } from './order_side.ts'
import { openRecordingSide } from './recording_side.ts'
import { makeRounds } from './rounds.ts'
import { takeLock } from './store/lock.ts'
import { agentVersion, earliestMs } from './version.ts'

const second = 1000
const minute = 60 * second

/**
 * The composition root. With the two sides that it opens (what is recorded, what is ordered) it sees every room and
 * ties them by arguments and callbacks.
 */
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
  const bootId = readBootId()
  let link: Link | undefined

  const offset = () => link?.clock()
  const centreNowMs = () => link?.centreNowMs()
  const trust = makeClockTrust({ clock, offset })
  const { synchronised } = trust
  const at = (): At => ({ ms: clock.nowMs(), clock: 'box', synchronised: synchronised() })
  const box = await openBox({ config, clock, log, mainFile, synchronised, appended: () => link?.changed() })
  const { store, spool, meta } = box
  const rounds = makeRounds({ clock, log, signal })
  await trust.watch(signal)
  await ensureSecretKey(dataFolder)

  const common = { clock, log, rounds, synchronised, offset }
  const { conditions, health, journal, tellClock } = openRecordingSide(box, { ...common, boxId, bootId, signal })
  const { executor, uploadIsStuck } = openOrderSide(box, {
    ...common,
    identity,
    journal,
    centreNowMs,
    progress: progress => link?.progress(progress)
  })

  link = makeLink({
    identity,
    drain: spool,
    meta,
    clock,
    bootId,
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

  let dataVersion = store.pragma('data_version', { simple: true })
  rounds.add('commands', second, () => {
    // A command beside us has written: new facts, other cameras.
    const version = store.pragma('data_version', { simple: true })
    if (version === dataVersion) return
    dataVersion = version
    link.changed()
    rounds.now('setUp')
  })
  rounds.add('spool', 10 * second, () => {
    const { bytes, records } = spool.pending()
    const full = { present: bytes > limits.spoolBytes, details: { bytes, records } }
    conditions.observe({ code: 'spoolFull', subjectId: boxId, ...full })
    conditions.observe({ code: 'uploadStuck', subjectId: boxId, present: uploadIsStuck() })
  })
  rounds.add('time', 5 * minute, async () => {
    // TLS believes no certificate while the clock is before this program was written; the time can be asked for.
    if (clock.nowMs() >= earliestMs) return
    const centreMs = await askTime(identity.joinUrl, { root: identity.ca }, signal)
    log.error({ boxMs: clock.nowMs(), centreMs }, 'clock is wrong')
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
