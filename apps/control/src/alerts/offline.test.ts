import { makeLog } from '@matthan/base/log'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openConditions } from '../store/conditions.ts'
import { type House, openHouse } from '../testing/house.ts'
import { startOfflineWatch } from './offline.ts'

let house: House
const stop = new AbortController()
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())

const watch = () =>
  startOfflineWatch(
    {
      store: house.store,
      clock: house.clock,
      log: makeLog('test', 'silent'),
      isOnline: boxId => house.online.has(boxId)
    },
    stop.signal
  )
const raised = async () => (await openConditions(house.store.read)).map(one => one.box_id)

test('a box that is away for its time to visible is reported once, since it left, and cleared when it is back', async () => {
  const boxId = await house.addBox()
  const leftMs = house.clock.nowMs()
  const offline = await watch()
  await house.clock.advance(60_000)
  expect(await raised()).toEqual([])
  await house.clock.advance(60_000)
  expect(await openConditions(house.store.read)).toMatchObject([{ box_id: boxId, since_ms: leftMs }])
  await house.clock.advance(600_000)
  expect(await raised()).toHaveLength(1)
  house.online.add(boxId)
  await offline.online(boxId)
  expect(await raised()).toEqual([])
})

test('a short absence is none, and a restart of the centre forgets no report', async () => {
  const boxId = await house.addBox()
  house.online.add(boxId)
  const offline = await watch()
  house.online.delete(boxId)
  offline.offline(boxId)
  await house.clock.advance(30_000)
  house.online.add(boxId)
  await offline.online(boxId)
  await house.clock.advance(600_000)
  expect(await raised()).toEqual([])
  house.online.delete(boxId)
  offline.offline(boxId)
  await house.clock.advance(600_000)
  const again = await watch()
  house.online.add(boxId)
  await again.online(boxId)
  expect(await raised()).toEqual([])
})
