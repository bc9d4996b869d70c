import { existsSync, readdirSync } from 'node:fs'
import { lstat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { makeCoverage } from '@matthan/agent/coverage/coverage'
import { selectFootage } from '@matthan/agent/evidence/select'
import { type Footage, makeRecorderFootage } from '@matthan/agent/footage/footage'
import { makeJournal } from '@matthan/agent/footage/journal'
import { reconcile } from '@matthan/agent/footage/reconcile'
import { makeRecorderClient } from '@matthan/agent/footage/recorder_client'
import { makeCleaner } from '@matthan/agent/retention/cleaner'
import { makeHolds } from '@matthan/agent/retention/holds'
import { coverageMarks } from '@matthan/agent/store/coverage'
import type { RefusedLine } from '@matthan/agent/store/events'
import type { Segment } from '@matthan/agent/store/segments'
import { makeTestBox, putFile, runOf, type TestBox } from '@matthan/agent/testing/box'
import { systemClock } from '@matthan/base/clock'
import { hashFile } from '@matthan/base/files'
import { newId } from '@matthan/base/id'
import { type House, openHouse, until } from '@matthan/recorder/testing/house'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FootageUnderTest, footageContract } from './footage.ts'

const never = new AbortController().signal

describe('the footage port over our recorder', () => {
  let house: House
  let box: TestBox
  let footage: Footage
  let readNew: () => Promise<unknown>
  const refused: RefusedLine[] = []
  const taken = new Set<string>()

  beforeAll(async () => {
    house = await openHouse({ cameras: ['h264', 'h264+g711', 'h265'], segmentSeconds: 4 })
    await house.configure(house.channels)
    await house.start()
    box = await makeTestBox()
    footage = makeRecorderFootage({
      folder: house.footage,
      client: makeRecorderClient({ folder: house.footage, clock: systemClock })
    })
    const bad = (line: RefusedLine) => void refused.push(line)
    const journal = makeJournal({ ...box, folder: house.footage, inserted: () => {}, told: () => {}, bad })
    readNew = journal.readNew
    // Enough for all: the tests then wait for nobody.
    await until(() => house.channels.every((_, i) => house.segments(i).length >= 4))
    await readNew()
  }, 60_000)
  afterAll(async () => {
    await house[Symbol.asyncDispose]()
    await box.close()
  })

  const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
  const rows = (channel: number): Segment[] => box.segments.inRange(house.channels[channel]!.channelId, everything)
  const all = (): Segment[] => house.channels.flatMap((_, i) => rows(i))
  const take = async (): Promise<Segment> => {
    let found: Segment | undefined
    await until(async () => {
      await readNew()
      found = all().find(one => !taken.has(one.segmentId))
      return found !== undefined
    })
    taken.add(found!.segmentId)
    return found!
  }
  /** One that follows a segment which was closed just now. */
  const beingWritten = async (): Promise<string> => {
    const known = house.segments().length
    await until(() => house.segments().length > known)
    const { path, index } = house.segments().at(-1)!
    const next = path.replace(/\d+(?=\.\w+$)/, String(index + 1).padStart(6, '0'))
    await until(() => existsSync(join(house.footage, next)))
    return next
  }

  test('the rows are the closed files on disk, with their sizes and digests, each of them and no other (I1)', async () => {
    await readNew()
    for (const [i, { channelId }] of house.channels.entries()) {
      const known = rows(i)
      for (const { path, bytes, sha256 } of known)
        expect(await hashFile(join(house.footage, path))).toEqual({ bytes, sha256 })
      const run = `recordings/${channelId}/run-${known[0]!.runId}`
      const onDisk = readdirSync(join(house.footage, run)).filter(name => /\.(mp4|mov)$/.test(name))
      const paths = known.map(one => one.path)
      // The last one or two are being written, or being closed.
      const open = onDisk.map(name => `${run}/${name}`).filter(path => !paths.includes(path))
      expect(open.length).toBeLessThanOrEqual(2)
      for (const path of open) expect(path > paths.at(-1)!).toBe(true)
    }
    expect(refused).toEqual([])
  })

  footageContract((): FootageUnderTest => ({ footage, folder: house.footage, take, beingWritten }))

  test('a file that is gone becomes a gap, in coverage and in what is delivered', async () => {
    await until(async () => {
      await readNew()
      return rows(2).length >= 3
    })
    const channelId = house.channels[2]!.channelId
    const assignment = { ...box.assignments[0]!, channelId }
    const marks = coverageMarks(box.store)
    const coverage = makeCoverage({ ...box, marks, assignmentsOf: id => (id === channelId ? [assignment] : []) })
    coverage.tell()
    const [before, lost, after] = rows(2).slice(-3)
    await unlink(join(house.footage, lost!.path))
    await reconcile({ ...box, folder: house.footage, signal: never, lost: () => {} })
    expect(rows(2).map(one => one.segmentId)).not.toContain(lost!.segmentId)
    coverage.tellGone()
    const told = box.told.flatMap(fact => (fact.kind === 'coverage' ? fact.body.gaps : []))
    const hole = expect.objectContaining({ cause: 'unknown' })
    expect(told).toContainEqual(hole)

    const range = { fromMs: before!.startMs, toMs: after!.endMs }
    const events = box.events.around(channelId, range.fromMs, range.toMs)
    const known = { assignment, events, overwrittenUntilMs: 0, firstRunMs: box.events.firstRunMs(channelId) }
    const segments = box.segments.inRange(channelId, range)
    const selection = selectFootage(range, [{ ...known, segments }], range.toMs)
    expect(selection.gaps).toEqual([hole])
    expect(Math.abs(selection.gaps[0]!.fromMs - lost!.startMs)).toBeLessThan(300)
    expect(Math.abs(selection.gaps[0]!.toMs - lost!.endMs)).toBeLessThan(300)
  })

  test('retention that needs all the space there is takes neither held footage nor what is being written', async () => {
    await readNew()
    const [held] = rows(0).slice(-1)
    const { viewpointId } = box.viewpoint
    const assignmentsOf = () => [{ ...box.assignments[0]!, channelId: held!.channelId }]
    const viewpoint = () => box.viewpoint
    const deps = { ...box, rows: box.holds, footage, viewpoint, assignmentsOf, nowMs: systemClock.nowMs }
    const holds = makeHolds({ ...deps, quotaBytes: async () => 1e12 })
    const holdId = newId()
    const range = { fromMs: held!.startMs, toMs: held!.endMs }
    const expiresMs = systemClock.nowMs() + 3600_000
    await holds.place({ holdId, viewpointId, range, owner: 'o', reason: 'r', expiresMs }, undefined)
    const kept = box.holds.segments(holdId).map(one => one.segmentId)

    const disk = { diskId: newId(), mount: '/', device: 'x', fileSystem: 'x', totalBytes: 1e9, readOnly: false }
    const cleaner = makeCleaner({
      ...box,
      footage,
      space: async () => ({ ...disk, freeBytes: 0 }),
      requiredDays: () => 0,
      clockTrusted: () => true,
      nowMs: systemClock.nowMs
    })
    expect(await cleaner.sweep(never)).toMatchObject({ starved: true })
    expect(all().map(one => one.segmentId)).toEqual(kept)
    for (const { segmentId } of all()) expect(box.holds.holdOf(segmentId)).toBe(holdId)
    expect((await lstat(join(house.footage, footage.pathOf(held!, holdId)))).nlink).toBe(2)
    // Recording has not noticed.
    const known = house.channels.map((_, i) => house.segments(i).length)
    await until(() => house.channels.every((_, i) => house.segments(i).length > known[i]!))
    expect(house.journal().filter(line => line.event === 'runEnded')).toEqual([])
  })
})

describe('the footage port over the recorder that the tests of the agent use', () => {
  let box: TestBox
  let made = 0
  beforeAll(async () => {
    box = await makeTestBox()
  })
  afterAll(() => box.close())
  const take = (): Promise<Segment> => {
    const [segment] = runOf({ channelId: box.channelId, startMs: made++ * 1000, lengthMs: 1000, count: 1 })
    return putFile(box.footageFolder, segment!, Buffer.alloc(100 + made, made))
  }
  const beingWritten = async (): Promise<string> => {
    const { path } = await take()
    box.recorder.open.add(path)
    return path
  }
  footageContract((): FootageUnderTest => ({ footage: box.footage, folder: box.footageFolder, take, beingWritten }))
})
