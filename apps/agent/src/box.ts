import { join } from 'node:path'
import type { Clock } from '@matthan/base/clock'
import { makeFolder } from '@matthan/base/files'
import type { Log } from '@matthan/base/log'
import { readSecretKey } from '@matthan/base/secret'
import type { Statement } from '@matthan/protocol/evidence'
import { type CameraAccess, makeCameraAccess } from './camera/access.ts'
import { secretKeyPath } from './camera/recorder_config.ts'
import type { AgentConfig } from './config.ts'
import { type EvidenceDeps, makeEvidence } from './evidence/evidence.ts'
import { makeRecorderFootage } from './footage/footage.ts'
import { type JournalDeps, makeJournal } from './footage/journal.ts'
import { makeRecorderClient } from './footage/recorder_client.ts'
import { spaceOf } from './health/disk.ts'
import type { OwnIdentity } from './identity/files.ts'
import { makeHolds } from './retention/holds.ts'
import { makeSpool } from './spool/spool.ts'
import { cameraTable, hostIn } from './store/cameras.ts'
import { clockTable } from './store/clock.ts'
import { deletionRows } from './store/deletions.ts'
import { eventRows } from './store/events.ts'
import { goneRows } from './store/gone.ts'
import { holdRows } from './store/holds.ts'
import { metaTable } from './store/meta.ts'
import { openAgentStore } from './store/open.ts'
import { orderTable } from './store/orders.ts'
import { segmentRows } from './store/segments.ts'
import { spoolTable } from './store/spool.ts'
import { uploadRows } from './store/uploads.ts'
import { agentVersion } from './version.ts'

/** A status older than this is of a recorder that does not work. */
const statusStaleMs = 10_000

export type Box = Awaited<ReturnType<typeof openBox>>

/** What the running agent and a command beside it have in common: the store, its tables, the recorder and the cameras. */
export const openBox = async (options: {
  config: AgentConfig
  clock: Clock
  log: Log
  mainFile: URL
  synchronised(): boolean
  /** After each append to the spool. */
  appended(): void
}) => {
  const { config, clock, log, mainFile, synchronised, appended } = options
  const { dataFolder, footageFolder } = config
  await makeFolder(dataFolder)
  const store = openAgentStore(join(dataFolder, 'agent.db'))
  const spoolRows = spoolTable(store)
  const cameras = cameraTable(store)
  const spool = makeSpool({ table: spoolRows, clock, synchronised, appended })
  const client = makeRecorderClient({ folder: footageFolder, clock })
  const footage = makeRecorderFootage({ folder: footageFolder, client })
  const segments = segmentRows(store)
  const holdTable = holdRows(store)
  const viewpointOf = (id: string) => cameras.viewpoints().find(one => one.viewpointId === id)
  const assignmentsOf = (viewpointId: string) => cameras.reaches({ viewpointId })
  const space = () => spaceOf(footageFolder)
  const access: CameraAccess = makeCameraAccess({
    get: cameras.get,
    secretKey: () => readSecretKey(secretKeyPath(dataFolder)),
    mainFile
  })

  return {
    config,
    store,
    spoolRows,
    spool,
    cameras,
    access,
    client,
    footage,
    segments,
    holdTable,
    events: eventRows(store),
    deletions: deletionRows(store),
    gone: goneRows(store),
    uploads: uploadRows(store),
    orders: orderTable(store),
    clockChecks: clockTable(store),
    meta: metaTable(store),
    viewpointOf,
    assignmentsOf,
    space,
    holds: makeHolds({
      store,
      segments,
      rows: holdTable,
      footage,
      spool,
      viewpoint: viewpointOf,
      assignmentsOf,
      nowMs: clock.nowMs,
      log,
      quotaBytes: async () => (await space()).totalBytes * config.holdShare
    })
  }
}

/** The reader of the recorder's journal over this box; two may run at once. */
export const openJournal = (
  box: Box,
  options: Pick<JournalDeps, 'clock' | 'log' | 'told'>
): ReturnType<typeof makeJournal> =>
  makeJournal({
    ...options,
    folder: box.config.footageFolder,
    store: box.store,
    segments: box.segments,
    events: box.events,
    inserted: box.holds.inserted,
    bad: line => options.log.error(line, 'journal line refused')
  })

const deviceOf = (box: Box, channelId: string): Statement['device'] => {
  const camera = box.cameras.get(channelId)
  if (!camera) return {}
  const { manufacturer, model, firmware, serial } = camera.facts
  return {
    address: hostIn(camera.address),
    ...(manufacturer ? { maker: manufacturer } : {}),
    ...(model ? { model } : {}),
    ...(firmware ? { firmware } : {}),
    ...(serial ? { serial } : {})
  }
}

/** The newest comparison of the box's clock that is stored. */
const storedOffset = (box: Box): Statement['clock'] => {
  const check = box.clockChecks.newest('box')
  if (!check || check.reference === 'box') return undefined
  const { offsetMs, uncertaintyMs, reference, atMs } = check
  return { offsetMs, uncertaintyMs, reference, measuredMs: atMs }
}

/** The room of evidence over this box, signing as `identity`. */
export const openEvidence = (
  box: Box,
  identity: OwnIdentity,
  options: Pick<EvidenceDeps, 'clock' | 'refresh' | 'synchronised'> & { offset(): Statement['clock'] | undefined }
) =>
  makeEvidence({
    clock: options.clock,
    refresh: options.refresh,
    synchronised: options.synchronised,
    clockOffset: () => options.offset() ?? storedOffset(box),
    segments: box.segments,
    events: box.events,
    footage: box.footage,
    agentVersion,
    viewpoint: box.viewpointOf,
    assignmentsOf: box.assignmentsOf,
    device: channelId => deviceOf(box, channelId),
    signer: () => ({
      boxId: identity.boxId,
      key: identity.statementKey,
      certificate: identity.statementCert,
      issuing: identity.issuing
    }),
    isRecording: async channelId => {
      const view = await box.client.status()
      const channel = view?.status.channels.find(one => one.channelId === channelId)
      return view !== undefined && view.ageMs <= statusStaleMs && channel?.state === 'recording'
    }
  })
