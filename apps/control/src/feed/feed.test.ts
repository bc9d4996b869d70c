import { afterEach, beforeEach, expect, test } from 'vitest'
import { type House, openHouse } from '../testing/house.ts'
import { type FeedEvent, followChanges } from './feed.ts'

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())

const note = (id: string) => house.store.write(async (_, note) => note('box', id))
const take = async (feed: AsyncGenerator<FeedEvent>, count: number): Promise<FeedEvent[]> => {
  const events: FeedEvent[] = []
  while (events.length < count) events.push((await feed.next()).value)
  return events
}

test('a reader gets the log first and then what happens, without a hole and without a repeat', async () => {
  for (let i = 1; i <= 1200; i++) await note(String(i))
  const stop = new AbortController()
  const feed = followChanges(house.store, 100, stop.signal)
  const first = await take(feed, 700)
  const busy = Promise.all(Array.from({ length: 50 }, (_, i) => note(`live ${i}`)))
  const rest = await take(feed, 450)
  await busy
  expect([...first, ...rest].map(event => event.seq)).toEqual(Array.from({ length: 1150 }, (_, i) => 101 + i))
  const waiting = feed.next()
  await note('last')
  expect((await waiting).value).toMatchObject({ what: 'change', seq: 1251, id: 'last' })
  stop.abort()
  expect((await feed.next()).done).toBe(true)
})

test('a reader that is behind what is kept, or knows numbers that were never given, starts anew', async () => {
  for (const id of ['a', 'b', 'c']) await note(id)
  await house.store.write(trx => trx.deleteFrom('change_log').where('seq', '<=', 2).execute())
  const stop = new AbortController()
  for (const after of [1, 99])
    expect(await take(followChanges(house.store, after, stop.signal), 1)).toEqual([{ what: 'reset', seq: 3 }])
  stop.abort()
})
