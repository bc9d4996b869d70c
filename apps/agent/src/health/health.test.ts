import { newId } from '@matthan/base/id'
import { hintOf, sentenceOf } from '@matthan/base/text/say'
import { Inventory } from '@matthan/protocol/facts'
import { conditionCodes } from '@matthan/protocol/health'
import type { ChannelStatus, RecorderStatus } from '@matthan/protocol/recording'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { conditionTable } from '../store/conditions.ts'
import { makeTestBox, type TestBox } from '../testing/box.ts'
import { heartbeatChannels, observeChannels } from './channels.ts'
import { makeConditions } from './conditions.ts'
import { idFrom, mountOf, parseMounts, spaceOf } from './disk.ts'
import { makeHealth } from './health.ts'
import { makeInventory } from './inventory.ts'
import { makeMachine, parseMemAvailable, parseStat } from './proc.ts'

let box: TestBox
const boxId = newId()
beforeEach(async () => {
  box = await makeTestBox()
})
afterEach(() => box.close())

const conditions = () => makeConditions({ ...box, table: conditionTable(box.store), boxId })
const facts = () => box.told.filter(t => t.kind === 'condition').map(t => t.body)
const spoken = () => facts().map(f => `${f.raised ? '+' : '-'}${f.code}`)

test('a condition is raised when it has lasted, cleared when it has been gone, and told on change only', async () => {
  const { observe } = conditions()
  const since = box.clock.nowMs()
  const look = (present: boolean) =>
    observe({ code: 'recordingStopped', subjectId: box.channelId, present, details: { cause: 'link' } })
  look(true)
  await box.clock.pass(19_000)
  look(true)
  expect(spoken()).toEqual([])
  await box.clock.pass(1000)
  look(true)
  look(true)
  expect(facts()).toEqual([
    { code: 'recordingStopped', subjectId: box.channelId, raised: true, sinceMs: since, details: { cause: 'link' } }
  ])
  look(false)
  await box.clock.pass(4000)
  look(false)
  look(true)
  await box.clock.pass(4000)
  look(false)
  expect(spoken()).toHaveLength(1)
  await box.clock.pass(5000)
  look(false)
  expect(facts().at(-1)).toMatchObject({ raised: false, sinceMs: since })
  look(false)
  expect(spoken()).toHaveLength(2)
})

test('a cause that flaps below the time to be visible is never told', async () => {
  const { observe } = conditions()
  for (let i = 0; i < 50; i++) {
    observe({ code: 'cameraUnreachable', subjectId: box.channelId, present: i % 2 === 0 })
    await box.clock.pass(11_000)
  }
  expect(spoken()).toEqual([])
})

test('what is explained by a raised cause is not raised beside it, and comes when it outlives the cause', async () => {
  const { observe } = conditions()
  const look = (down: boolean) => {
    observe({ code: 'recorderDown', subjectId: boxId, present: down })
    observe({ code: 'recordingStopped', subjectId: box.channelId, present: true })
  }
  for (let i = 0; i < 60; i++, await box.clock.pass(1000)) look(true)
  expect(spoken()).toEqual(['+recorderDown'])
  for (let i = 0; i < 4; i++, await box.clock.pass(1000)) look(false)
  expect(spoken()).toEqual(['+recorderDown', '-recorderDown', '+recordingStopped'])
})

test('what was raised before a restart is known, and is cleared when its cause is gone', async () => {
  const first = conditions()
  first.pulse('clockStepped', boxId, { deltaMs: -3600_000 })
  expect(spoken()).toEqual(['+clockStepped'])
  const second = conditions()
  second.settle('clockStepped', boxId)
  await box.clock.pass(3599_000)
  second.settle('clockStepped', boxId)
  expect(spoken()).toHaveLength(1)
  await box.clock.pass(1000)
  second.settle('clockStepped', boxId)
  expect(spoken()).toEqual(['+clockStepped', '-clockStepped'])
})

test('every condition has a title and what to do, in both languages', () => {
  for (const code of conditionCodes)
    for (const language of ['vi', 'en'] as const)
      for (const key of [`health.${code}`, `health.${code}Do`]) {
        expect(sentenceOf(language, key)).not.toBe(key)
        expect(hintOf(language, key)).toBe('')
      }
})

const status = (channel: Partial<ChannelStatus>): RecorderStatus => ({
  v: 1,
  pid: 1,
  bootId: 'b',
  writtenMs: 0,
  writtenMonoMs: 0,
  synchronised: true,
  channels: [
    {
      channelId: box.channelId,
      state: 'recording',
      reconnects: 1,
      stalls: 2,
      gopMs: 2000,
      lastFragmentAgeMs: 500,
      ...channel
    }
  ]
})
const present = (view: { status: RecorderStatus; ageMs: number } | undefined): string[] =>
  observeChannels(view, [box.channelId], boxId)
    .filter(o => o.present)
    .map(o => o.code)

test('the recorder status becomes conditions of the box and of its channels', () => {
  expect(present({ status: status({}), ageMs: 900 })).toEqual([])
  expect(present(undefined)).toEqual(['recorderDown', 'recordingStopped'])
  expect(present({ status: status({}), ageMs: 20_000 })).toEqual(['recorderDown', 'recordingStopped'])
  expect(present({ status: status({ lastFragmentAgeMs: 7500 }), ageMs: 100 })).toEqual(['recordingStopped'])
  expect(present({ status: status({ state: 'stalled' }), ageMs: 1 })).toEqual(['recordingStopped', 'streamStalled'])
  expect(present({ status: status({ state: 'waiting', cause: 'signIn' }), ageMs: 1 })).toEqual([
    'recordingStopped',
    'cameraSignInRefused'
  ])
  expect(present({ status: status({ state: 'waiting', cause: 'link' }), ageMs: 1 })).toEqual([
    'recordingStopped',
    'cameraUnreachable'
  ])
  expect(present({ status: status({ state: 'disabled' }), ageMs: 1 })).toEqual([])
  expect(observeChannels(undefined, [], boxId).some(o => o.present)).toBe(false)
  expect(heartbeatChannels({ status: status({ fps: 15 }), ageMs: 100 }, [box.channelId])).toEqual([
    { channelId: box.channelId, state: 'recording', fps: 15, lastFragmentAgeMs: 600, reconnects: 1, stalls: 2 }
  ])
  expect(heartbeatChannels(undefined, [box.channelId])[0]!.state).toBe('unknown')
})

test('a look at the box raises a full disk and ends what is said of a removed channel', async () => {
  const table = conditions()
  let freeBytes = 1e6
  let starved = false
  let ids = [box.channelId]
  const diskId = newId()
  const health = makeHealth({
    boxId,
    conditions: table,
    machine: makeMachine(),
    recorder: async () => undefined,
    channelIds: () => ids,
    space: async () => ({
      diskId,
      mount: '/x',
      device: 'd',
      fileSystem: 'ext4',
      totalBytes: 1e9,
      freeBytes,
      readOnly: false
    }),
    dangerBytes: () => 1000,
    starved: () => starved,
    synchronised: () => true
  })
  freeBytes = 10
  for (let i = 0; i < 40; i++, await box.clock.pass(1000)) await health.tick()
  // The recorder is silent as well, but the disk explains what the channel suffers.
  expect(spoken()).toEqual(['+diskFull', '+recorderDown'])
  table.observe({ code: 'cameraSignInRefused', subjectId: box.channelId, present: true })
  await box.clock.pass(6000)
  table.observe({ code: 'cameraSignInRefused', subjectId: box.channelId, present: true })
  ids = []
  await health.tick()
  expect(spoken().slice(2)).toEqual(['+cameraSignInRefused', '-cameraSignInRefused'])
  expect((await health.beat()).upSeconds).toBeGreaterThan(0)

  freeBytes = 1e6
  for (let i = 0; i < 80; i++, await box.clock.pass(1000)) await health.tick()
  starved = true
  for (let i = 0; i < 20; i++, await box.clock.pass(1000)) await health.tick()
  // Space is there, but nothing may be deleted to keep it so.
  expect(spoken().filter(word => word.endsWith('diskFull'))).toEqual(['+diskFull', '-diskFull', '+diskFull'])
})

test('proc is read as proc(5) says', () => {
  expect(parseStat('cpu  10 20 30 400 50 6 7 8 9 10\ncpu0 1 1 1 1\n')).toEqual({ busy: 81, total: 531 })
  expect(parseMemAvailable('MemTotal: 1 kB\nMemAvailable:    2048 kB\n')).toBe(2048 * 1024)
  const mounts = parseMounts(
    '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n30 22 8:17 / /var/lib/mat\\040than ro - xfs /dev/sdb1 rw\n'
  )
  expect(mountOf(mounts, '/var/lib/mat than/x')).toEqual({
    mount: '/var/lib/mat than',
    device: '/dev/sdb1',
    fileSystem: 'xfs',
    readOnly: true
  })
  expect(mountOf(mounts, '/var/lib/mat')?.mount).toBe('/')
  expect(idFrom('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('the inventory of this very machine fits its schema and is told on change only', async () => {
  const told: unknown[] = []
  const setUp = { recorders: [], channels: [], viewpoints: [box.viewpoint], assignments: [] }
  const inventory = makeInventory({
    agentVersion: '0',
    footageFolder: box.footageFolder,
    setUp: () => setUp,
    told: i => void told.push(i)
  })
  expect(await inventory.refresh()).toBe(true)
  expect(await inventory.refresh()).toBe(false)
  setUp.viewpoints = []
  expect(await inventory.refresh()).toBe(true)
  for (const one of told) Inventory.parse(one)
  const { totalBytes, freeBytes, diskId } = await spaceOf(box.footageFolder)
  expect(freeBytes).toBeLessThanOrEqual(totalBytes)
  expect(told[0]).toMatchObject({ disks: [{ diskId, sizeBytes: totalBytes }] })
})
