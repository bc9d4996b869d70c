import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { bootId } from '@matthan/base/clock'
import { newId } from '@matthan/base/id'
import { makeLog } from '@matthan/base/log'
import type { Assignment, Viewpoint } from '@matthan/protocol/entities'
import type { RecordBody, RecordKind } from '@matthan/protocol/facts'
import { makeRecorderFootage } from '../footage/footage.ts'
import { makeRecorderClient } from '../footage/recorder_client.ts'
import type { Spool } from '../spool/spool.ts'
import { deletionRows } from '../store/deletions.ts'
import { eventRows } from '../store/events.ts'
import { goneRows } from '../store/gone.ts'
import { holdRows } from '../store/holds.ts'
import { openAgentStore } from '../store/open.ts'
import { type Segment, segmentRows } from '../store/segments.ts'
import { uploadRows } from '../store/uploads.ts'
import { type FakeClock, fakeClock } from './fake_clock.ts'
import { startFakeRecorder } from './fake_recorder.ts'

export type Told = { [Kind in RecordKind]: { kind: Kind; body: RecordBody<Kind> } }[RecordKind]

/** A box of one viewpoint and one channel in a temporary folder, with a real store and a recorder that answers. */
export const makeTestBox = async (options: { clock?: FakeClock } = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'matthan-agent-'))
  const footageFolder = join(folder, 'footage')
  const dataFolder = join(folder, 'data')
  for (const name of ['footage/recordings', 'footage/holds', 'footage/journal', 'data'])
    await mkdir(join(folder, name), { recursive: true })
  const store = openAgentStore(join(dataFolder, 'agent.db'))
  // Nobody cuts the power of a test.
  store.pragma('synchronous = OFF')
  const clock = options.clock ?? fakeClock()
  const recorder = await startFakeRecorder(footageFolder)
  const told: Told[] = []
  const spool: Spool = {
    append: (kind, body) => {
      told.push({ kind, body } as Told)
    },
    pending: () => ({ records: told.length, bytes: 0 })
  }
  const viewpoint: Viewpoint = { viewpointId: newId(), name: 'Chợ Bến Thành', place: 'Cổng Nam', requiredDays: 2 }
  const channelId = newId()
  const assignments: Assignment[] = [
    { assignmentId: newId(), channelId, viewpointId: viewpoint.viewpointId, fromMs: 0 }
  ]
  const { viewpointId, name, place, requiredDays } = viewpoint
  store.prepare('insert into viewpoint values (?, ?, ?, ?)').run(viewpointId, name, place, requiredDays)
  const recorderId = newId()
  store.prepare('insert into recorder values (?, ?, ?)').run(recorderId, 'matthan', 'matthan')
  store
    .prepare(
      `insert into channel (channel_id, recorder_id, name, kind, address, stream_url) values (?, ?, 'x', 'rtsp', 'x', 'rtsp://x')`
    )
    .run(channelId, recorderId)
  store
    .prepare('insert into assignment values (?, ?, ?, 0, null)')
    .run(assignments[0]!.assignmentId, channelId, viewpointId)
  // The real clock: requests are answered by files and not by the time.
  const client = makeRecorderClient({ folder: footageFolder, clock: (await import('@matthan/base/clock')).systemClock })
  return {
    folder,
    footageFolder,
    dataFolder,
    store,
    clock,
    recorder,
    told,
    spool,
    viewpoint,
    channelId,
    assignments,
    assignmentsOf: (id: string) => assignments.filter(a => a.viewpointId === id),
    viewpointOf: (id: string) => (id === viewpoint.viewpointId ? viewpoint : undefined),
    segments: segmentRows(store),
    events: eventRows(store),
    holds: holdRows(store),
    deletions: deletionRows(store),
    gone: goneRows(store),
    uploads: uploadRows(store),
    client,
    footage: makeRecorderFootage({ folder: footageFolder, client }),
    log: makeLog('test', 'silent'),
    close: async () => {
      recorder.stop()
      store.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
}
export type TestBox = Awaited<ReturnType<typeof makeTestBox>>

/** A segment as the journal would tell it; times in ms UTC, media time from the start of its run. */
export const segmentOf = (wish: Partial<Segment> & { channelId: string; startMs: number; endMs: number }): Segment => {
  const runId = wish.runId ?? newId()
  const index = wish.index ?? 0
  const mediaStartMs = wish.mediaStartMs ?? 0
  return {
    segmentId: newId(),
    runId,
    index,
    path: `recordings/${wish.channelId}/run-${runId}/${String(index).padStart(6, '0')}.mp4`,
    bytes: 1000,
    sha256: createHash('sha256').update(`${runId}${index}`).digest('hex'),
    mediaStartMs,
    mediaEndMs: mediaStartMs + (wish.endMs - wish.startMs),
    anchors: [{ fromMediaMs: mediaStartMs, utcMinusMediaMs: wish.startMs - mediaStartMs }],
    synchronised: true,
    bootId: bootId(),
    videoCodec: 'h264',
    torn: false,
    ...wish
  }
}

/** A run of adjoining segments. */
export const runOf = (wish: { channelId: string; startMs: number; lengthMs: number; count: number }): Segment[] => {
  const runId = newId()
  return Array.from({ length: wish.count }, (_, index) => {
    const startMs = wish.startMs + index * wish.lengthMs
    const { channelId, lengthMs } = wish
    return segmentOf({ channelId, runId, index, startMs, endMs: startMs + lengthMs, mediaStartMs: index * lengthMs })
  })
}

/** Puts a file of these bytes where the segment says, and answers the segment with its true size and digest. */
export const putFile = async (footageFolder: string, segment: Segment, bytes: Uint8Array): Promise<Segment> => {
  const path = join(footageFolder, segment.path)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
  return { ...segment, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Real segments: `count` of 2 s each, as the recorder makes them (fragmented MP4, a key frame a second). */
export const encodeSegments = async (count: number): Promise<Buffer[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'matthan-media-'))
  try {
    const args = `-nostdin -v error -f lavfi -i testsrc2=size=128x72:rate=10 -t ${count * 2} -c:v libx264 -preset ultrafast
      -g 10 -pix_fmt yuv420p -f segment -segment_time 2 -segment_format mp4
      -segment_format_options movflags=frag_keyframe+empty_moov+default_base_moof`
    await promisify(execFile)('ffmpeg', [...args.split(/\s+/), join(folder, '%06d.mp4')])
    const names = (await readdir(folder)).sort()
    return await Promise.all(names.map(name => readFile(join(folder, name))))
  } finally {
    await rm(folder, { recursive: true })
  }
}
