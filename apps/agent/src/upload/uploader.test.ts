import { createHash, randomBytes } from 'node:crypto'
import { systemClock } from '@matthan/base/clock'
import { newId } from '@matthan/base/id'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestBox, type TestBox } from '../testing/box.ts'
import { type FakeVault, startFakeVault } from '../testing/fake_vault.ts'
import { makeMeter, nextPatch } from './meter.ts'
import { makeOutbox, type Outbox } from './outbox.ts'
import { makeUploader, type UploadFile, type UploadProgress } from './uploader.ts'

let box: TestBox
let centre: FakeVault
let outbox: Outbox
let progress: UploadProgress[]
let stuck: boolean[]
let orderId: string
const boxId = newId()
const quick = { ...systemClock, sleep: async () => {} }

beforeEach(async () => {
  box = await makeTestBox()
  centre = await startFakeVault(boxId)
  outbox = makeOutbox(box.dataFolder)
  progress = []
  stuck = []
  orderId = newId()
})
afterEach(async () => {
  await centre.close()
  await box.close()
})

const upload = (
  files: UploadFile[],
  signal = new AbortController().signal,
  told: (p: UploadProgress) => void = () => {}
) =>
  makeUploader({
    uploads: box.uploads,
    identity: () => centre.identity,
    open: path => outbox.open(path),
    // Waits between tries are not what is tested here.
    clock: quick,
    log: box.log,
    stuck: is => void stuck.push(is)
  }).uploadOrder(orderId, files, {
    signal,
    progress: p => {
      progress.push(p)
      told(p)
    }
  })

const file = async (name: string, bytes: number): Promise<UploadFile> => {
  const data = randomBytes(bytes)
  await outbox.write(orderId, name, data)
  return { name, path: outbox.pathOf(orderId, name), bytes, sha256: createHash('sha256').update(data).digest('hex') }
}
const clip = async (): Promise<UploadFile[]> => [
  await file('acquisition.json', 900),
  await file('acquisition.json.p7s', 300),
  await file('a.mp4', 3 << 20),
  await file('b.mp4', 100_000),
  await file('c.mp4', 1)
]
const kept = (): Record<string, string> =>
  Object.fromEntries([...centre.held.values()].map(h => [h.name, createHash('sha256').update(h.bytes).digest('hex')]))

test('every file arrives whole, statement and seal first, and the receipt is checked', async () => {
  const files = await clip()
  const receipt = await upload(files)
  expect(receipt.files).toHaveLength(5)
  expect(kept()).toEqual(Object.fromEntries(files.map(f => [f.name, f.sha256])))
  expect([...centre.held.values()].slice(0, 2).map(h => h.name)).toEqual(['acquisition.json', 'acquisition.json.p7s'])
  expect(progress.at(-1)).toMatchObject({
    phase: 'verifying',
    doneBytes: receipt.files.reduce((sum, f) => sum + f.bytes, 0)
  })
  for (const [i, p] of progress.entries())
    if (i > 0) expect(p.doneBytes).toBeGreaterThanOrEqual(progress[i - 1]!.doneBytes)
  expect(box.uploads.list(orderId)).toEqual([])
})

test('a torn PATCH goes on from what the centre kept', async () => {
  const files = await clip()
  centre.faults.tearAfter = 1 << 20
  await upload(files)
  expect(kept()['a.mp4']).toBe(files[2]!.sha256)
  const total = files.reduce((sum, f) => sum + f.bytes, 0)
  expect(centre.received()).toBeLessThanOrEqual(total + (8 << 20))
  expect(centre.log.some(line => line === 'HEAD a.mp4')).toBe(true)
  expect(stuck).toContain(true)
  expect(stuck.at(-1)).toBe(false)
})

test('after a restart of the box an upload goes on where it was and sends nothing twice', async () => {
  const files = await clip()
  const stop = new AbortController()
  await expect(
    upload(files, stop.signal, p => {
      if (p.doneBytes > 2 << 20) stop.abort()
    })
  ).rejects.toMatchObject({ name: 'AbortError' })
  const before = box.uploads.list(orderId)
  expect(before.filter(row => row.done).map(row => row.name)).toContain('acquisition.json')
  const had = [...centre.held.values()].reduce((sum, h) => sum + h.bytes.length, 0)
  const receivedBefore = centre.received()
  await upload(files)
  const total = files.reduce((sum, f) => sum + f.bytes, 0)
  expect(centre.received() - receivedBefore).toBeLessThanOrEqual(total - had + (8 << 20))
  expect(centre.held.size).toBe(5)
  expect(kept()).toEqual(Object.fromEntries(files.map(f => [f.name, f.sha256])))
})

test('a centre that is busy is tried again, one that refuses is not', async () => {
  const files = await clip()
  centre.faults.answer = { method: 'PATCH', status: 503, times: 3 }
  await upload(files)
  orderId = newId()
  centre.faults.answer = { method: 'POST', status: 403, times: 99 }
  await expect(upload([await file('snapshot.jpg', 10)])).rejects.toMatchObject({
    kind: 'refused',
    key: 'agent.uploadRefused',
    params: { reason: '403 vault.nameNotStated' }
  })
})

test('an upload that the centre has forgotten is made again', async () => {
  const one = await file('snapshot.jpg', 200_000)
  box.uploads.add([{ ...one, orderId }])
  box.uploads.setLocation(orderId, one.name, `/uploads/${newId()}`)
  await upload([one])
  expect(kept()['snapshot.jpg']).toBe(one.sha256)
})

test('a statement that was made again replaces the one before', async () => {
  const first = await file('acquisition.json', 100)
  box.uploads.add([{ ...first, orderId }])
  box.uploads.setDone(orderId, first.name)
  const second = await file('acquisition.json', 120)
  await upload([second])
  expect(kept()['acquisition.json']).toBe(second.sha256)
})

test('a receipt that is forged in any part frees nothing', async () => {
  const files = [await file('snapshot.jpg', 10)]
  for (const forge of ['payload', 'key', 'order', 'file']) {
    centre.faults.forge = forge
    centre.held.clear()
    box.uploads.forget(orderId)
    await expect(upload(files)).rejects.toMatchObject({ kind: 'verification', key: 'agent.badReceipt' })
    expect(box.uploads.list(orderId)).toHaveLength(1)
  }
})

test('a centre that points to another host is not followed', async () => {
  const one = await file('snapshot.jpg', 10)
  box.uploads.add([{ ...one, orderId }])
  box.uploads.setLocation(orderId, one.name, 'https://elsewhere.invalid/x')
  await expect(upload([one])).rejects.toMatchObject({ kind: 'refused', key: 'agent.otherOrigin' })
})

test('the size of a PATCH follows the link and stays within its bounds', () => {
  expect(nextPatch(262_144, 1)).toBe(1 << 20)
  expect(nextPatch(8 << 20, 100)).toBe(8 << 20)
  expect(nextPatch(262_144, 60_000)).toBe(65_536)
  expect(nextPatch(2 << 20, 8000)).toBe(2 << 20)
})

test('the rate is that of the last seconds', async () => {
  await box.clock.pass(1)
  const meter = makeMeter(box.clock)
  expect(meter.rate()).toBeUndefined()
  for (let i = 0; i < 20; i++) {
    await box.clock.pass(1000)
    meter.add(1000)
  }
  expect(meter.rate()).toBeGreaterThan(950)
  expect(meter.rate()).toBeLessThan(1150)
  await box.clock.pass(11_000)
  expect(meter.rate()).toBe(0)
})
