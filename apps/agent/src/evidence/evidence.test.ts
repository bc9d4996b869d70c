import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { newId } from '@matthan/base/id'
import { openSeal } from '@matthan/evidence/seal'
import { makeAuthority, makeKey, type TestAuthority, type TestKey } from '@matthan/evidence/testing/keys'
import { Statement } from '@matthan/protocol/evidence'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Segment } from '../store/segments.ts'
import { encodeSegments, makeTestBox, putFile, runOf, segmentOf, type TestBox } from '../testing/box.ts'
import { fakeClock } from '../testing/fake_clock.ts'
import { makeEvidence } from './evidence.ts'
import { exportClip } from './export.ts'

let media: Buffer[]
let authority: TestAuthority
let signer: TestKey
let box: TestBox
let recording: boolean
let onRefresh: () => void
const t0 = Date.UTC(2026, 10, 24, 3)
const signal = new AbortController().signal
const boxId = newId()

beforeAll(async () => {
  media = await encodeSegments(5)
  authority = await makeAuthority()
  signer = await makeKey({ name: 'box', by: authority.issuing })
})
afterAll(() => {
  media = []
})
beforeEach(async () => {
  box = await makeTestBox({ clock: fakeClock(t0 + 60_000) })
  recording = false
  onRefresh = () => {}
})
afterEach(() => box.close())

const evidence = () =>
  makeEvidence({
    ...box,
    agentVersion: '0.1.0',
    viewpoint: box.viewpointOf,
    device: () => ({ maker: 'Hãng', model: 'M1' }),
    synchronised: () => true,
    clockOffset: () => ({ offsetMs: 12, uncertaintyMs: 3, reference: 'centre', measuredMs: t0 }),
    signer: () => ({ boxId, key: signer.key, certificate: signer.certificate, issuing: authority.issuing.certificate }),
    refresh: async () => onRefresh(),
    isRecording: async () => recording
  })
const state = (fromMs: number, toMs: number, holdId?: string) =>
  evidence().state(
    {
      orderId: newId(),
      clipId: newId(),
      viewpointId: box.viewpoint.viewpointId,
      range: { fromMs, toMs },
      ...(holdId ? { holdId } : {})
    },
    { signal, progress: () => {} }
  )
const put = async (segments: Segment[]): Promise<Segment[]> => {
  const there = await Promise.all(segments.map((s, i) => putFile(box.footageFolder, s, media[i % media.length]!)))
  for (const s of there) box.segments.insert(s)
  return there
}
const started = (atMs: number, cause: 'start' | 'camera' = 'start') =>
  box.events.insert({ event: 'runStarted', channelId: box.channelId, runId: newId(), atMs, bootId: 'b', cause })
const run = (startMs: number, count: number) => runOf({ channelId: box.channelId, startMs, lengthMs: 2000, count })

test('a clip from the middle of a segment over three brings whole originals, byte for byte, and a seal that opens', async () => {
  started(t0 - 500)
  const there = await put(run(t0, 5))
  const stated = await state(t0 + 3100, t0 + 6900)
  expect(stated.statement).toMatchObject({
    complete: true,
    gaps: [],
    boxId,
    delivered: { fromMs: t0 + 2000, toMs: t0 + 8000 }
  })
  expect(stated.statement.clock).toEqual({ offsetMs: 12, uncertaintyMs: 3, reference: 'centre', measuredMs: t0 })
  expect(stated.files.map(f => f.segment)).toEqual(there.slice(1, 4))
  for (const s of stated.statement.segments) expect(s.sha256AtPull).toBe(s.sha256)
  expect(Statement.parse(JSON.parse(Buffer.from(stated.content).toString()))).toEqual(stated.statement)
  await openSeal(stated.seal, stated.content, { roots: [authority.root.certificate] })

  const folder = join(box.folder, 'out')
  await mkdir(folder)
  await exportClip(stated, { folder, open: s => box.footage.open(s), signal })
  for (const { name, segment } of stated.files)
    expect(
      createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex')
    ).toBe(segment.sha256)
  const probe = ['-v', 'error', '-count_packets', '-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0']
  const { stdout } = await promisify(execFile)('ffprobe', [...probe, join(folder, stated.files[0]!.name)])
  expect(stdout.trim()).toBe('20')
})

test('gaps are stated with bounds and cause: before the first, in the middle, after the last', async () => {
  started(t0)
  await put(run(t0 + 1000, 1))
  started(t0 + 8900, 'camera')
  await put(run(t0 + 9000, 2))
  const { statement } = await state(t0 - 5000, t0 + 20_000)
  expect(statement.complete).toBe(false)
  expect(statement.gaps).toEqual([
    { fromMs: t0 - 5000, toMs: t0, cause: 'start' },
    { fromMs: t0, toMs: t0 + 1000, cause: expect.any(String) },
    { fromMs: t0 + 3000, toMs: t0 + 9000, cause: 'camera' },
    { fromMs: t0 + 13_000, toMs: t0 + 20_000, cause: expect.any(String) }
  ])
})

test('nothing recorded is a statement without segments, and taken by retention is said', async () => {
  started(t0 - 100_000)
  const [gone] = await put(run(t0, 1))
  box.segments.mark(gone!.segmentId)
  box.segments.removeDeleted([gone!], [])
  const { statement, files } = await state(t0, t0 + 2000)
  expect(files).toEqual([])
  expect(statement.delivered).toBeUndefined()
  expect(statement.gaps).toEqual([{ fromMs: t0, toMs: t0 + 2000, cause: 'overwritten' }])
})

test('the end in the future is not yet recorded, and is not waited for when it is far', async () => {
  recording = true
  started(t0)
  await put(run(t0 + 50_000, 5))
  const { statement } = await state(t0 + 55_000, t0 + 600_000)
  expect(statement.gaps).toEqual([{ fromMs: t0 + 60_000, toMs: t0 + 600_000, cause: 'notYetRecorded' }])
})

test('a range that ends in the open segment waits until that is closed', async () => {
  recording = true
  started(t0)
  await put(run(t0 + 50_000, 5))
  const next = await Promise.all(run(t0 + 60_000, 2).map(s => putFile(box.footageFolder, s, media[0]!)))
  const asked = state(t0 + 58_000, t0 + 61_000)
  let refreshes = 0
  onRefresh = () => {
    if (++refreshes === 3) for (const s of next) box.segments.insert(s)
  }
  while (refreshes < 4) {
    await box.clock.pass(500)
    await new Promise(resolve => setImmediate(resolve))
    if (refreshes >= 3) break
  }
  const { statement } = await asked
  expect(statement).toMatchObject({ complete: true, delivered: { toMs: t0 + 62_000 } })
})

test('after a step back by an hour both recordings of the doubled hour are delivered, by their anchors', async () => {
  started(t0)
  const hourMs = 3600_000
  const runId = newId()
  const before = run(t0, 1)[0]!
  const stepped = segmentOf({
    channelId: box.channelId,
    runId,
    index: 7,
    startMs: t0 - hourMs + 2000,
    endMs: t0 + 2000,
    mediaStartMs: 0,
    mediaEndMs: 2000,
    anchors: [
      { fromMediaMs: 0, utcMinusMediaMs: t0 },
      { fromMediaMs: 1000, utcMinusMediaMs: t0 - hourMs + 1000 }
    ]
  })
  const after = segmentOf({
    channelId: box.channelId,
    runId,
    index: 8,
    mediaStartMs: 2000,
    startMs: t0 - hourMs + 3000,
    endMs: t0 - hourMs + 5000
  })
  await put([before, stepped, after])
  // The envelope of the stepped segment spans the whole hour, its frames do not.
  const between = await state(t0 - hourMs / 2, t0 - hourMs / 2 + 1000)
  expect(between.files).toEqual([])
  const early = await state(t0 - hourMs + 2000, t0 - hourMs + 4000)
  expect(early.statement.segments.map(s => s.index)).toEqual([7, 8])
  const late = await state(t0 + 200, t0 + 900)
  expect(late.statement.segments.map(s => s.index)).toEqual([0, 7])
})

test('an original that has changed since it was recorded is no original: no statement is made', async () => {
  started(t0)
  const [segment] = await put(run(t0, 1))
  const handle = await open(join(box.footageFolder, segment!.path), 'r+')
  await handle.write(Buffer.from([0xff]), 0, 1, 500)
  await handle.close()
  await expect(state(t0, t0 + 2000)).rejects.toMatchObject({
    kind: 'verification',
    key: 'agent.segmentChanged',
    params: { path: segment!.path }
  })
})

test('a hold keeps the original readable and the same when its recording is gone', async () => {
  started(t0)
  const [segment] = await put(run(t0, 1))
  const holdId = newId()
  await box.footage.keep(holdId, [segment!])
  await box.footage.remove([segment!.path])
  expect((await state(t0, t0 + 2000, holdId)).files).toHaveLength(1)
})

test('two channels of one viewpoint fill each other and names stay unique', async () => {
  const other = newId()
  box.assignments.push({ ...box.assignments[0]!, assignmentId: newId(), channelId: other })
  started(t0)
  await put([
    ...run(t0, 1),
    ...runOf({ channelId: other, startMs: t0 + 2000, lengthMs: 2000, count: 1 }),
    ...run(t0 + 100, 1)
  ])
  const { statement } = await state(t0 + 500, t0 + 3500)
  expect(statement.complete).toBe(true)
  expect(new Set(statement.segments.map(s => s.channelId)).size).toBe(2)
  expect(new Set(statement.segments.map(s => s.name)).size).toBe(statement.segments.length)
})

test('a range that is backwards or a year long, and a viewpoint of another box, are clear errors', async () => {
  await expect(state(t0, t0)).rejects.toMatchObject({ kind: 'usage', key: 'agent.rangeBackwards' })
  await expect(state(t0, t0 + 365 * 86_400_000)).rejects.toMatchObject({ kind: 'usage', key: 'agent.rangeTooLong' })
  const request = { orderId: newId(), clipId: newId(), viewpointId: newId(), range: { fromMs: t0, toMs: t0 + 1 } }
  await expect(evidence().state(request, { signal, progress: () => {} })).rejects.toMatchObject({ kind: 'notFound' })
})
