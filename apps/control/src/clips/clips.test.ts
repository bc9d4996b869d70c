import { newId } from '@matthan/base/id'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clipById, setClipState } from '../store/clips.ts'
import { listOrders } from '../store/orders.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let boxId: string
let viewpointId: string
beforeEach(async () => {
  house = await openHouse()
  boxId = await house.addBox()
  viewpointId = newId()
  await house.store.write(trx =>
    trx
      .insertInto('viewpoint')
      .values({ viewpoint_id: viewpointId, box_id: boxId, name: 'Chợ', place: '', required_days: 30 })
      .execute()
  )
})
afterEach(() => house.close())

const minute = 60_000
const request = (more: { fromMs?: number; toMs?: number; viewpointId?: string } = {}) => {
  const toMs = house.clock.nowMs() - minute
  return house.clips.request({ viewpointId, fromMs: toMs - minute, toMs, reason: 'r', requestedBy: 'p', ...more })
}
const clip = async (clipId: string) => (await clipById(house.store.read, clipId))!
const stateOf = async (clipId: string) => (await clip(clipId)).state
const extracted = (segments: number) => ({ statementSha256: '0'.repeat(64), segments, bytes: 1, gaps: 0 })

test('a request holds first and extracts then, and carries a label of its year', async () => {
  house.online.add(boxId)
  const clipId = await request()
  await house.hello(boxId)
  await house.dispatcher.idle()
  const kinds = new Set(house.orders.map(order => order.kind))
  expect([...kinds]).toEqual(['placeHold', 'extractFootage'])
  expect((await clip(clipId)).evidence_id).toMatch(/^EV-2026-000001$/)
  expect((await clip(await request())).evidence_id).toBe('EV-2026-000002')
})

test('a clip waits while its box is away and goes on when the box is back', async () => {
  const clipId = await request()
  expect(await stateOf(clipId)).toBe('waitingForBox')
  house.online.add(boxId)
  await house.clips.boxOnline(boxId, true)
  expect(await stateOf(clipId)).toBe('requested')
  const { extract_order_id: orderId } = await clip(clipId)
  for (const [phase, state] of [
    ['accepted', 'requested'],
    ['holding', 'holding'],
    ['stating', 'holding'],
    ['uploading', 'uploading']
  ] as const) {
    await house.progress(boxId, orderId, phase)
    expect(await stateOf(clipId)).toBe(state)
  }
  await house.clips.boxOnline(boxId, false)
  expect(await stateOf(clipId)).toBe('waitingForBox')
  await house.clips.boxOnline(boxId, true)
  await house.progress(boxId, orderId, 'verifying')
  expect(await stateOf(clipId)).toBe('verifying')
})

test('a box that never comes back ends the clip with the reason', async () => {
  const clipId = await request()
  await house.clock.advance(8 * 24 * 3600_000)
  const { state, error } = await clip(clipId)
  expect(state).toBe('failed')
  expect(JSON.parse(error ?? '')).toMatchObject({ key: 'control.orderNeverDelivered' })
})

test('a range with nothing recorded ends as noFootage, a success without a receipt as a failure', async () => {
  const [empty, lost] = [await request(), await request()]
  const result = async (clipId: string, segments: number) => {
    const { extract_order_id: orderId } = await clip(clipId)
    await house.tell(boxId, 'result', { orderId, state: 'succeeded', output: extracted(segments) })
  }
  await result(empty, 0)
  await result(lost, 2)
  expect(await stateOf(empty)).toBe('noFootage')
  expect(await stateOf(lost)).toBe('failed')
})

test('from the packaging on, the box no longer moves the clip', async () => {
  const clipId = await request()
  await house.store.write((trx, note) => setClipState(trx, note, clipId, 'packaging', 0))
  const { extract_order_id: orderId } = await clip(clipId)
  await house.progress(boxId, orderId, 'uploading')
  await house.tell(boxId, 'result', { orderId, state: 'failed' })
  expect(await stateOf(clipId)).toBe('packaging')
  await expect(house.clips.cancel(clipId, { requestedBy: 'p', reason: 'r' })).rejects.toThrow('no longer')
})

test('cancelling before the box has seen anything leaves no order behind', async () => {
  const clipId = await request()
  await house.clips.cancel(clipId, { requestedBy: 'p', reason: 'r' })
  const orders = await listOrders(house.store.read, { clipId, most: 10 })
  expect(orders.map(order => order.state)).toEqual(['cancelled', 'cancelled'])
  expect(await stateOf(clipId)).toBe('cancelled')
})

test('cancelling what the box works on tells it to stop and to release the hold', async () => {
  house.online.add(boxId)
  const clipId = await request()
  await house.dispatcher.idle()
  await house.clips.cancel(clipId, { requestedBy: 'p', reason: 'r' })
  await house.dispatcher.idle()
  expect(house.orders.map(order => order.kind)).toEqual([
    'placeHold',
    'extractFootage',
    'cancelOrder',
    'cancelOrder',
    'releaseHold'
  ])
})

test('a range that cannot be is refused with its reason', async () => {
  const now = house.clock.nowMs()
  await expect(request({ fromMs: now, toMs: now - minute })).rejects.toThrow('after the beginning')
  await expect(request({ fromMs: 0, toMs: 365 * 24 * 3600_000 })).rejects.toThrow('longer than 24 hours')
  await expect(request({ toMs: now + 10 * minute })).rejects.toThrow('not ended yet')
  await expect(request({ viewpointId: newId() })).rejects.toThrow('no viewpoint')
})
