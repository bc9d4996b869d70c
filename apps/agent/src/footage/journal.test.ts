import { appendFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { newId } from '@matthan/base/id'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RefusedLine } from '../store/events.ts'
import type { Segment } from '../store/segments.ts'
import { makeTestBox, putFile, segmentOf, type TestBox } from '../testing/box.ts'
import { type Journal, makeJournal } from './journal.ts'

let box: TestBox
let bad: RefusedLine[]
let told: Segment[]
let journal: Journal
const file = '2026-11-24.jsonl'

const open = (): Journal =>
  makeJournal({
    ...box,
    folder: box.footageFolder,
    inserted: () => {},
    told: segments => void told.push(...segments),
    bad: line => void bad.push(line)
  })
const write = (...lines: string[]) => appendFile(join(box.footageFolder, 'journal', file), lines.join(''))
const lineOf = (segment: Segment): string => `${JSON.stringify({ event: 'segment', fragments: 3, ...segment })}\n`
const recorded = (index = 0, runId = newId()): Promise<Segment> =>
  putFile(
    box.footageFolder,
    segmentOf({ channelId: box.channelId, runId, index, startMs: index * 2000, endMs: index * 2000 + 2000 }),
    Buffer.alloc(100 + index, index)
  )

beforeEach(async () => {
  box = await makeTestBox()
  bad = []
  told = []
  journal = open()
})
afterEach(() => box.close())

test('a line becomes a row once, with all that the recorder said', async () => {
  const segment = await recorded()
  await write(lineOf(segment))
  expect(await journal.readNew()).toBe(1)
  expect(box.segments.get(segment.segmentId)).toEqual(segment)
  expect(await journal.readNew()).toBe(0)
  expect(told).toEqual([segment])
})

test('a torn last line is read when it is whole', async () => {
  const [one, two] = [await recorded(0), await recorded(1)]
  const text = lineOf(two)
  await write(lineOf(one), text.slice(0, 50))
  await journal.readNew()
  expect(told).toEqual([one])
  await write(text.slice(50))
  await journal.readNew()
  expect(told).toEqual([one, two])
  expect(bad).toEqual([])
})

test('bad lines are passed over with their reason and block nothing', async () => {
  const good = await recorded()
  const missing = segmentOf({ channelId: box.channelId, startMs: 0, endMs: 2000 })
  const short = { ...(await recorded(1)), bytes: 7 }
  const foreign = { ...(await recorded(2)), channelId: newId() }
  const linked = segmentOf({ channelId: box.channelId, startMs: 0, endMs: 2000, bytes: 5 })
  await mkdir(dirname(join(box.footageFolder, linked.path)), { recursive: true })
  await writeFile(join(box.folder, 'elsewhere'), '12345')
  await symlink(join(box.folder, 'elsewhere'), join(box.footageFolder, linked.path))
  await write('{"event":"segment"\n', '[[[[\n', 'x'.repeat(3 << 20), '\n')
  await write(...[missing, short, foreign, linked, good].map(lineOf))
  await journal.readNew()
  expect(told).toEqual([good])
  const reasons = bad.map(line => line.reason)
  expect(reasons).toContain('no such file')
  expect(reasons).toContain('101 bytes on disk, 7 in the journal')
  expect(reasons).toContain('path of another channel or run')
  expect(reasons).toContain('not a file')
  expect(bad.length).toBeGreaterThanOrEqual(7)
  expect(box.events.refused().toReversed()).toEqual(bad)
})

test('two readers of one store take each line in once', async () => {
  const runId = newId()
  const segments = await Promise.all(Array.from({ length: 40 }, (_, i) => recorded(i, runId)))
  const event = { event: 'runStarted', channelId: box.channelId, runId, atMs: 1, bootId: 'b', cause: 'start' }
  await write(...segments.map(lineOf), `${JSON.stringify(event)}\n`)
  await Promise.all([journal.readNew(), open().readNew()])
  expect(told.map(s => s.index)).toEqual(segments.map(s => s.index))
  expect(box.events.around(box.channelId, 0, 10)).toHaveLength(1)
})

test('a line that comes twice, from a recorder that crashed in between, stays one row', async () => {
  const segment = await recorded()
  await write(lineOf(segment), lineOf({ ...segment, segmentId: newId() }))
  await journal.readNew()
  expect(told).toEqual([segment])
})

test('what the recorder writes is taken in while it runs', async () => {
  const stop = new AbortController()
  const arrived = Promise.withResolvers<void>()
  const live = makeJournal({
    ...box,
    folder: box.footageFolder,
    inserted: () => {},
    told: () => arrived.resolve(),
    bad: () => {}
  })
  const running = live.run(stop.signal)
  await write(lineOf(await recorded()))
  await arrived.promise
  stop.abort()
  await running
})
