import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@matthan/base/clock'
import { newId } from '@matthan/base/id'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findRun, openJournal } from './journal.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterEach(() => rm(folder, { recursive: true }))

const channelId = newId()
const runStarted = (runId: string) =>
  ({ event: 'runStarted', channelId, runId, atMs: 1, bootId: 'b', cause: 'start' }) as const
const day = (ms: number) => ({ ...systemClock, nowMs: () => ms })
const file = (name: string) => readFile(join(folder, `${name}.jsonl`), 'utf8')

test('lines stand in the order of the calls, in the file of their day', async () => {
  let ms = Date.parse('2026-01-31T23:59:59Z')
  const journal = await openJournal(folder, { ...systemClock, nowMs: () => ms })
  const ids = Array.from({ length: 20 }, newId)
  await Promise.all(ids.map(id => journal.append(runStarted(id))))
  ms += 2000
  await journal.append(runStarted(newId()))
  await journal.close()
  const lines = (await file('2026-01-31')).trim().split('\n')
  expect(lines.map(line => JSON.parse(line).runId)).toEqual(ids)
  expect(await file('2026-02-01')).toMatch(/^\{.*\}\n$/)
})

test('a line that a power cut tore is cut off, and the next one begins a line', async () => {
  const clock = day(Date.parse('2026-01-31T12:00:00Z'))
  const first = await openJournal(folder, clock)
  await first.append(runStarted(newId()))
  await first.close()
  const whole = await file('2026-01-31')
  await appendFile(join(folder, '2026-01-31.jsonl'), '{"event":"seg')
  const second = await openJournal(folder, clock)
  expect(await file('2026-01-31')).toBe(whole)
  await second.append(runStarted(newId()))
  await second.close()
  expect((await file('2026-01-31')).trim().split('\n')).toHaveLength(2)
})

test('a run is found in the days that it lasted', async () => {
  const runId = newId()
  let ms = Date.parse('2026-01-30T12:00:00Z')
  const journal = await openJournal(folder, { ...systemClock, nowMs: () => ms })
  await journal.append(runStarted(runId))
  ms += 24 * 3600_000
  await journal.append({ event: 'runEnded', channelId, runId, atMs: 2, cause: 'camera', detail: '' })
  await journal.close()
  expect(await findRun(folder, runId)).toEqual({ started: true, ended: true })
  expect(await findRun(folder, newId())).toEqual({ started: false, ended: false })
})
