import { createHash } from 'node:crypto'
import { systemClock } from '@matthan/base/clock'
import { newId } from '@matthan/base/id'
import { openSeal } from '@matthan/evidence/seal'
import { makeAuthority, makeKey, type TestAuthority, type TestKey } from '@matthan/evidence/testing/keys'
import { Statement } from '@matthan/protocol/evidence'
import { orderKinds } from '@matthan/protocol/orders'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeEvidence } from '../evidence/evidence.ts'
import { makeHolds } from '../retention/holds.ts'
import type { Segment } from '../store/segments.ts'
import { encodeSegments, makeTestBox, putFile, runOf, type TestBox } from '../testing/box.ts'
import { type FakeVault, startFakeVault } from '../testing/fake_vault.ts'
import { makeOutbox, type Outbox } from '../upload/outbox.ts'
import { makeUploader } from '../upload/uploader.ts'
import { makeExtractFootage } from './extractFootage.ts'
import type { OrderContext } from './handler.ts'
import { openUpload } from './open_upload.ts'
import { makePlaceHold } from './placeHold.ts'
import { makeProbeCamera } from './probeCamera.ts'
import { makeReleaseHold } from './releaseHold.ts'
import { makeTakeSnapshot } from './takeSnapshot.ts'

const boxId = newId()
let media: Buffer[]
let authority: TestAuthority
let signer: TestKey
let box: TestBox
let vault: FakeVault
let outbox: Outbox
let there: Segment[]
let args: { clipId: string; viewpointId: string; holdId: string; range: { fromMs: number; toMs: number } }
let orderId: string

beforeAll(async () => {
  media = await encodeSegments(4)
  authority = await makeAuthority()
  signer = await makeKey({ name: 'box', by: authority.issuing })
})
beforeEach(async () => {
  box = await makeTestBox()
  vault = await startFakeVault(boxId)
  outbox = makeOutbox(box.dataFolder)
  const startMs = box.clock.nowMs() - 60_000
  const run = runOf({ channelId: box.channelId, startMs, lengthMs: 2000, count: 4 })
  there = await Promise.all(run.map((s, i) => putFile(box.footageFolder, s, media[i]!)))
  for (const s of there) box.segments.insert(s)
  box.events.insert({
    event: 'runStarted',
    channelId: box.channelId,
    runId: there[0]!.runId,
    atMs: startMs,
    bootId: 'b',
    cause: 'start'
  })
  const range = { fromMs: startMs + 3100, toMs: startMs + 6900 }
  args = { clipId: newId(), viewpointId: box.viewpoint.viewpointId, holdId: newId(), range }
  orderId = newId()
})
afterEach(async () => {
  await vault.close()
  await box.close()
})

const holds = () =>
  makeHolds({
    ...box,
    rows: box.holds,
    viewpoint: box.viewpointOf,
    nowMs: () => box.clock.nowMs(),
    quotaBytes: async () => 1e9
  })
const uploader = () =>
  makeUploader({
    uploads: box.uploads,
    identity: () => vault.identity,
    open: openUpload({ outbox, footageFolder: box.footageFolder }),
    clock: { ...systemClock, sleep: async () => {} },
    log: box.log,
    stuck: () => {}
  })
const handler = () =>
  makeExtractFootage({
    ...box,
    holds: holds(),
    outbox,
    uploader: uploader(),
    evidence: makeEvidence({
      ...box,
      agentVersion: '0',
      viewpoint: box.viewpointOf,
      device: () => ({}),
      synchronised: () => true,
      clockOffset: () => undefined,
      signer: () => ({
        boxId,
        key: signer.key,
        certificate: signer.certificate,
        issuing: authority.issuing.certificate
      }),
      refresh: async () => 0,
      isRecording: async () => false
    })
  })
const context = (signal = new AbortController().signal, told: (phase: string) => void = () => {}): OrderContext => ({
  orderId,
  requestedBy: 'điều tra viên 1',
  reason: 'vụ 12',
  signal,
  progress: p => told(p.phase)
})
const custody = () => box.told.filter(t => t.kind === 'custody').map(t => t.body.action)
const kept = (name: string) => [...vault.held.values()].find(h => h.name === name)!.bytes

test('an extraction holds, states, sends and frees, and the centre has every original byte for byte', async () => {
  const phases = new Set<string>()
  const output = await handler()(
    args,
    context(undefined, p => phases.add(p))
  )
  expect(orderKinds.extractFootage.output.parse(output)).toMatchObject({ segments: 3, gaps: 0 })
  expect([...phases]).toEqual(['holding', 'stating', 'uploading', 'verifying'])
  const statement = Statement.parse(JSON.parse(kept('acquisition.json').toString()))
  expect(createHash('sha256').update(kept('acquisition.json')).digest('hex')).toBe(output.statementSha256)
  await openSeal(kept('acquisition.json.p7s'), kept('acquisition.json'), { roots: [authority.root.certificate] })
  for (const [i, s] of statement.segments.entries()) expect(kept(s.name).equals(media[i + 1]!)).toBe(true)
  expect(box.holds.segments(args.holdId).map(s => s.linked)).toEqual([true, true, true])
  expect(custody()).toEqual(['holdPlaced', 'hashedAtSource', 'transferStarted', 'transferCompleted', 'sourceCopyFreed'])
  expect(await outbox.read(orderId, 'acquisition.json')).toBeUndefined()
})

test('run again after each place where a crash may have ended it, it has one effect and one answer', async () => {
  for (const end of ['holding', 'stating', 'uploading', 'verifying', 'after']) {
    orderId = newId()
    vault.held.clear()
    const stop = new AbortController()
    const first = handler()(
      args,
      context(stop.signal, phase => phase === end && stop.abort())
    )
    if (end === 'after') await first
    else await expect(first).rejects.toMatchObject({ name: 'AbortError' })
    const sent = vault.received()
    const output = await handler()(args, context())
    expect(await handler()(args, context())).toEqual(output)
    const names = [...vault.held.values()].map(h => h.name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toHaveLength(5)
    if (end === 'after') expect(vault.received()).toBe(sent)
  }
  expect(custody().filter(action => action === 'holdPlaced')).toHaveLength(1)
})

test('nothing recorded is a success with a statement of why', async () => {
  const range = { fromMs: args.range.toMs + 5000, toMs: args.range.toMs + 9000 }
  expect(await handler()({ ...args, range }, context())).toMatchObject({ segments: 0, bytes: 0, gaps: 1 })
  expect([...vault.held.values()].map(h => h.name)).toEqual(['acquisition.json', 'acquisition.json.p7s'])
})

test('bad ranges and unknown viewpoints end the order clearly and hold nothing', async () => {
  const { fromMs, toMs } = args.range
  await expect(handler()({ ...args, range: { fromMs: toMs, toMs: fromMs } }, context())).rejects.toMatchObject({
    key: 'agent.rangeBackwards'
  })
  await expect(
    handler()({ ...args, range: { fromMs, toMs: fromMs + 365 * 86_400_000 } }, context())
  ).rejects.toMatchObject({ key: 'agent.rangeTooLong' })
  await expect(handler()({ ...args, viewpointId: newId() }, context())).rejects.toMatchObject({
    key: 'agent.noSuchViewpoint'
  })
  expect(box.holds.active()).toEqual([])
})

test('holds are placed and released by order, each as often as it comes', async () => {
  const place = makePlaceHold({ holds: holds() })
  const release = makeReleaseHold({ holds: holds() })
  const { holdId, viewpointId, range } = args
  const wanted = { holdId, viewpointId, range, owner: 'o', reason: 'r', expiresMs: box.clock.nowMs() + 1e6 }
  expect(await place(wanted, context())).toMatchObject({ segments: 3 })
  expect(await place(wanted, context())).toMatchObject({ segments: 3 })
  expect((await release({ holdId, reason: 'r' }, context())).freedBytes).toBeGreaterThan(0)
  expect((await release({ holdId, reason: 'r' }, context())).freedBytes).toBe(0)
  await expect(release({ holdId: newId(), reason: 'r' }, context())).rejects.toMatchObject({ kind: 'notFound' })
  expect(custody()).toEqual(['holdPlaced', 'holdReleased'])
})

test('a picture is taken once, however often the order runs', async () => {
  let pictures = 0
  const take = makeTakeSnapshot({
    ...box,
    outbox,
    uploader: uploader(),
    channelOf: id => (id === args.viewpointId ? box.channelId : undefined),
    snapshot: async () => ({ jpeg: Buffer.from(`picture ${++pictures}`), width: 4, height: 3 })
  })
  const wanted = { snapshotId: newId(), viewpointId: args.viewpointId }
  const stop = new AbortController()
  await expect(
    take(
      wanted,
      context(stop.signal, phase => phase === 'uploading' && stop.abort())
    )
  ).rejects.toThrow()
  const output = await take(wanted, context())
  expect(await take(wanted, context())).toEqual(output)
  expect(pictures).toBe(1)
  expect(kept('snapshot.jpg').toString()).toBe('picture 1')
  expect(output).toMatchObject({ width: 4, height: 3, bytes: 9 })
  await expect(take({ ...wanted, viewpointId: newId() }, { ...context(), orderId: newId() })).rejects.toMatchObject({
    kind: 'notFound'
  })
})

test('what a camera says of itself is cut to the bounds of the contract', async () => {
  const long = 'x'.repeat(5000)
  const learnt: string[] = []
  const probe = makeProbeCamera({
    probe: async () => ({
      kind: 'onvif',
      identity: { manufacturer: long, model: long, firmware: long, serial: long, hardwareId: long },
      streams: Array.from({ length: 100 }, () => ({
        token: long,
        name: long,
        rtspUrl: 'rtsp://x',
        codec: long,
        width: 1,
        height: 1
      })),
      warnings: []
    }),
    learnt: id => void learnt.push(id)
  })
  const output = await probe({ channelId: box.channelId }, context())
  expect(orderKinds.probeCamera.output.parse(output).streams).toHaveLength(64)
  expect(learnt).toEqual([box.channelId])
})
