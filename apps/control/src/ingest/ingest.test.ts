import { newId } from '@matthan/base/id'
import type { Inventory } from '@matthan/protocol/facts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { clipById } from '../store/clips.ts'
import { openConditions } from '../store/conditions.ts'
import { custodyOf } from '../store/footage.ts'
import { putQuarantine, quarantineMost, quarantineOf } from '../store/lanes.ts'
import { allViewpoints } from '../store/places.ts'
import { atNow, encode, type House, openHouse } from '../testing/house.ts'

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())

const inventoryOf = (viewpointId: string, channelId: string, name: string): Inventory => ({
  agentVersion: '1',
  bootId: 'b',
  hostName: 'h',
  maker: '',
  model: '',
  serial: '',
  cpu: '',
  cores: 1,
  memoryBytes: 1,
  os: '',
  disks: [],
  recorders: [],
  channels: [{ channelId, recorderId: newId(), name, address: '10.0.0.2:554', kind: 'rtsp' }],
  viewpoints: [{ viewpointId, name, place: '', requiredDays: 30 }],
  assignments: [{ assignmentId: newId(), channelId, viewpointId, fromMs: 0 }]
})

test('a batch is acknowledged after its commit, with the time of the centre', async () => {
  const boxId = await house.addBox()
  await house.tell(boxId, 'inventory', inventoryOf(newId(), newId(), 'Chợ'))
  expect(house.acks).toMatchObject([
    { boxId, lane: 'routine', seq: 1, centreEpoch: 1, centreTimeMs: house.clock.nowMs() }
  ])
  expect((await allViewpoints(house.store.read)).map(one => one.name)).toEqual(['Chợ'])
})

test('a box cannot take the viewpoint of another box, unless that one is revoked', async () => {
  const [first, second] = [await house.addBox('một'), await house.addBox('hai')]
  const [viewpointId, channelId] = [newId(), newId()]
  await house.tell(first, 'inventory', inventoryOf(viewpointId, channelId, 'Chợ'))
  await house.tell(second, 'inventory', inventoryOf(viewpointId, newId(), 'Của tôi'))
  expect(await allViewpoints(house.store.read)).toMatchObject([{ box_id: first, name: 'Chợ' }])
  expect((await quarantineOf(house.store.read, second, 5))[0]?.reason).toContain(viewpointId)
  await house.store.write(trx => trx.updateTable('box').set({ state: 'revoked' }).where('box_id', '=', first).execute())
  await house.tell(second, 'inventory', inventoryOf(viewpointId, newId(), 'Của tôi'))
  expect(await allViewpoints(house.store.read)).toMatchObject([{ box_id: second, name: 'Của tôi' }])
})

test('a condition is an interval; a later one ends an earlier one whose end was lost', async () => {
  const boxId = await house.addBox()
  const subjectId = newId()
  const change = { code: 'recordingStopped' as const, subjectId, details: {} }
  await house.tell(boxId, 'condition', { ...change, raised: true, sinceMs: 1000 })
  await house.tell(boxId, 'condition', { ...change, raised: true, sinceMs: 5000 })
  expect(await openConditions(house.store.read, boxId)).toMatchObject([{ since_ms: 5000 }])
  await house.tell(boxId, 'condition', { ...change, raised: false, sinceMs: 5000 })
  expect(await openConditions(house.store.read, boxId)).toEqual([])
})

test('a hold that expired is told of without an order, and stands under the clip that it was for', async () => {
  const [boxId, other] = [await house.addBox(), await house.addBox('khác')]
  const viewpointId = newId()
  await house.tell(boxId, 'inventory', inventoryOf(viewpointId, newId(), 'Chợ'))
  const clipId = await house.clips.request({ viewpointId, fromMs: 1000, toMs: 2000, reason: 'r', requestedBy: 'a' })
  const holdId = (await clipById(house.store.read, clipId))!.hold_id
  const expired = { action: 'holdReleased' as const, details: { holdId, reason: 'expired' } }
  await house.tell(boxId, 'custody', expired)
  await house.tell(other, 'custody', expired)
  expect(await custodyOf(house.store.read, clipId)).toMatchObject([{ box_id: boxId, order_id: null }])
  expect(await quarantineOf(house.store.read, boxId, 5)).toEqual([])
})

test('what only the centre can see is not taken from a box', async () => {
  const boxId = await house.addBox()
  const change = { code: 'boxOffline' as const, subjectId: boxId, details: {}, raised: true, sinceMs: 1 }
  await house.tell(boxId, 'condition', change)
  expect(await openConditions(house.store.read)).toEqual([])
  expect(house.acks.at(-1)?.seq).toBe(1)
})

test('a message that is no envelope is quarantined and nobody is cut', async () => {
  const boxId = await house.addBox()
  await house.ingest.message(boxId, 'fact', Buffer.from('{"v":'))
  await house.ingest.message(boxId, 'fact', Buffer.from([0xff, 0xfe]))
  await house.ingest.message(boxId, 'hello', Buffer.from('[]'))
  expect(await quarantineOf(house.store.read, boxId, 5)).toHaveLength(3)
  expect(house.cuts).toEqual([])
})

test('a box that sends nothing but rubbish fills no disk', async () => {
  const boxId = await house.addBox()
  await house.store.write(async trx => {
    for (let i = 0; i < quarantineMost + 50; i++)
      await putQuarantine(trx, { boxId, kind: 'x', body: 'y'.repeat(100_000), reason: String(i), nowMs: i })
  })
  const rows = await quarantineOf(house.store.read, boxId, 5000)
  expect(rows).toHaveLength(quarantineMost)
  expect(rows[0]).toMatchObject({ reason: String(quarantineMost + 49) })
  expect(rows[0]?.body).toHaveLength(16 * 1024)
})

test('I2: when a batch cannot be stored, nothing of that connection is acknowledged until the box begins again', async () => {
  const boxId = await house.addBox()
  const write = house.store.write
  house.store.write = async () => {
    throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' })
  }
  await house.tell(boxId, 'inventory', inventoryOf(newId(), newId(), 'Chợ'), 1)
  house.store.write = write
  await house.tell(boxId, 'inventory', inventoryOf(newId(), newId(), 'Chợ'), 2)
  expect(house.acks).toEqual([])
  expect(house.cuts).toEqual([boxId])
  await house.hello(boxId)
  await house.tell(boxId, 'inventory', inventoryOf(newId(), newId(), 'Chợ'), 1)
  expect(house.acks).toMatchObject([{ seq: 1 }])
})

test('a hello gets again the acknowledgement that was lost', async () => {
  const boxId = await house.addBox()
  await house.tell(boxId, 'inventory', inventoryOf(newId(), newId(), 'Chợ'))
  const { lane, epoch, seq } = house.acks[0]!
  await house.hello(boxId, { lanes: [{ lane, epoch, firstSeq: 1, lastSeq: 1 }] })
  expect(house.acks[1]).toMatchObject({ lane, epoch, seq })
})

test('the newest heartbeat is kept, all of a second in one transaction', async () => {
  const boxId = await house.addBox()
  const write = vi.spyOn(house.store, 'write')
  for (const upSeconds of [1, 2, 3])
    await house.ingest.message(
      boxId,
      'heartbeat',
      encode({
        v: 1,
        at: atNow(house.clock),
        upSeconds,
        cpuPercent: 1,
        memoryFreeBytes: 1,
        load1: 0,
        spool: { records: 0, bytes: 0 },
        channels: []
      })
    )
  await house.clock.advance(1000)
  expect(write).toHaveBeenCalledTimes(1)
  const box = await house.store.read.selectFrom('box').select('heartbeat').executeTakeFirstOrThrow()
  expect(JSON.parse(box.heartbeat ?? '')).toMatchObject({ upSeconds: 3 })
})
