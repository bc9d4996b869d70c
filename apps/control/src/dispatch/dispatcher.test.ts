import { newId } from '@matthan/base/id'
import { terminalStates } from '@matthan/protocol/orders'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { orderById } from '../store/orders.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let boxId: string
beforeEach(async () => {
  house = await openHouse()
  boxId = await house.addBox()
})
afterEach(() => house.close())

const hour = 3600_000
const probe = (expiresMs = house.clock.nowMs() + hour) =>
  house.dispatcher.order(boxId, 'probeCamera', { channelId: newId() }, { requestedBy: 'a', reason: 'b', expiresMs })
const stateOf = async (orderId: string) => (await orderById(house.store.read, orderId))?.state
const output = { kind: 'rtsp' as const, streams: [] }

test('an order for a box that is away waits as a row and is sent at its hello, in order of priority', async () => {
  const first = await probe()
  const cancel = await house.dispatcher.order(
    boxId,
    'cancelOrder',
    { orderId: newId() },
    { requestedBy: 'a', reason: 'b', expiresMs: house.clock.nowMs() + hour }
  )
  await house.dispatcher.idle()
  expect(house.orders).toEqual([])
  house.online.add(boxId)
  await house.hello(boxId)
  expect(house.orders.map(order => order.orderId)).toEqual([cancel, first])
  expect(house.orders.map(order => order.seq)).toEqual([2, 1])
  expect(await stateOf(first)).toBe('delivered')
})

test('a hello brings again what was not answered, except what the box says to hold', async () => {
  house.online.add(boxId)
  const [lost, held] = [await probe(), await probe()]
  await house.dispatcher.idle()
  house.orders.length = 0
  await house.hello(boxId, { ordersKnown: [held] })
  expect(house.orders.map(order => order.orderId)).toEqual([lost])
})

test('an order that was never delivered expires; one that was delivered waits for the word of the box', async () => {
  const never = await probe()
  await house.dispatcher.idle()
  house.online.add(boxId)
  const sent = await probe()
  await house.dispatcher.idle()
  house.online.delete(boxId)
  await house.clock.advance(2 * hour)
  expect(await stateOf(never)).toBe('expired')
  expect(await stateOf(sent)).toBe('delivered')
  await house.tell(boxId, 'result', { orderId: sent, state: 'succeeded', output })
  expect(await stateOf(sent)).toBe('succeeded')
})

test('the result of an order of another box is quarantined', async () => {
  const other = await house.addBox('khác')
  const orderId = await probe()
  await house.tell(other, 'result', { orderId, state: 'succeeded', output })
  expect(await stateOf(orderId)).toBe('queued')
  const rows = await house.store.read.selectFrom('quarantine').select(['box_id', 'kind']).execute()
  expect(rows).toEqual([{ box_id: other, kind: 'result' }])
})

test('a success without what it must bring along is a failure', async () => {
  const orderId = await probe()
  await house.tell(boxId, 'result', { orderId, state: 'succeeded', output: { kind: 'fax' } })
  expect(await stateOf(orderId)).toBe('failed')
})

test('a box that knows more orders than the centre gets larger numbers from then on', async () => {
  await house.hello(boxId, { lastOrderSeq: 41 })
  house.online.add(boxId)
  await probe()
  await house.dispatcher.idle()
  expect(house.orders[0]?.seq).toBe(42)
})

test('a revoked box ends everything that it has not answered', async () => {
  const orderId = await probe()
  await house.dispatcher.boxRevoked(boxId)
  expect(await stateOf(orderId)).toBe('failed')
})

test('I5: whatever happens in whatever order, an order gets one terminal state and keeps it', async () => {
  const happening = fc.oneof(
    fc.constantFrom(...terminalStates).map(state => ({ what: 'result' as const, state })),
    fc.constantFrom('progress', 'hello', 'online', 'offline', 'later', 'cancel').map(what => ({ what }))
  )
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 10 }), async happenings => {
      house.online.delete(boxId)
      const orderId = await probe()
      let ended: string | undefined
      for (const one of happenings) {
        if (one.what === 'result' && 'state' in one)
          await house.tell(boxId, 'result', { orderId, state: one.state, output })
        else if (one.what === 'progress') await house.progress(boxId, orderId, 'accepted')
        else if (one.what === 'hello') await house.hello(boxId)
        else if (one.what === 'online') house.online.add(boxId)
        else if (one.what === 'offline') house.online.delete(boxId)
        else if (one.what === 'later') await house.clock.advance(2 * hour)
        else
          await house.store.write((trx, note) =>
            house.dispatcher.cancelWithin({ trx, note }, orderId, { requestedBy: 'a', reason: 'b' })
          )
        await house.dispatcher.idle()
        const state = await stateOf(orderId)
        if (ended !== undefined) expect(state).toBe(ended)
        if (terminalStates.some(terminal => terminal === state)) ended = state
      }
    }),
    { numRuns: 40 }
  )
}, 60_000)
