import { existsSync, linkSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@matthan/base/clock'
import { writeDurably } from '@matthan/base/files'
import { newId } from '@matthan/base/id'
import { makeLog } from '@matthan/base/log'
import { RecorderAnswer } from '@matthan/protocol/recording'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Layout, prepareLayout } from '../layout.ts'
import { serveRequests } from './requests.ts'

let layout: Layout
let stop: AbortController
let openPath: string
const restarted = vi.fn((id: string) => id === channelId)
const channelId = newId()
const runId = newId()
const pathOf = (index: number) => `recordings/${channelId}/run-${runId}/00000${index}.mp4`

beforeEach(async () => {
  layout = await prepareLayout(await mkdtemp(join(tmpdir(), 'requests-')))
  mkdirSync(layout.runFolder(channelId, runId), { recursive: true })
  for (let i = 0; i < 3; i++) writeFileSync(join(layout.footage, pathOf(i)), `segment ${i}`)
  openPath = pathOf(2)
  stop = new AbortController()
  serveRequests({
    desk: { layout, isOpen: path => path === openPath, restart: restarted },
    clock: systemClock,
    log: makeLog('test', 'silent'),
    signal: stop.signal
  })
})
afterEach(async () => {
  stop.abort()
  await rm(layout.footage, { recursive: true })
})

const answerTo = async (request: object, id = newId()): Promise<RecorderAnswer> => {
  await writeDurably(join(layout.requests, `${id}.json`), JSON.stringify({ id, ...request }))
  return await answered(id)
}
const answered = async (id: string): Promise<RecorderAnswer> => {
  await vi.waitFor(() => expect(existsSync(join(layout.requests, `${id}.json`))).toBe(false), 5000)
  return RecorderAnswer.parse(JSON.parse(await readFile(join(layout.answers, `${id}.json`), 'utf8')))
}

test('closed segments are linked into a hold, a second time too; the one being written is not', async () => {
  const holdId = newId()
  const segments = [0, 1, 2].map(i => ({ segmentId: newId(), path: pathOf(i) }))
  const request = { request: 'link', holdId, segments }
  for (let i = 0; i < 2; i++) {
    const { done, failed } = await answerTo(request)
    expect(done).toBe(false)
    expect(failed.map(one => one.path)).toEqual([pathOf(2)])
  }
  expect(readdirSync(join(layout.holds, holdId))).toHaveLength(2)
})

test('a held segment outlives its recording, and a hold goes without the recording', async () => {
  const holdId = newId()
  const segmentId = newId()
  await answerTo({ request: 'link', holdId, segments: [{ segmentId, path: pathOf(0) }] })
  expect(await answerTo({ request: 'delete', paths: [pathOf(0), pathOf(0)] })).toMatchObject({ done: true })
  expect(existsSync(join(layout.footage, pathOf(0)))).toBe(false)
  expect(statSync(join(layout.holds, holdId, `${segmentId}.mp4`)).size).toBe(9)
  // Asked again after the recording is gone: it is held, so that is no error.
  const again = { request: 'link', holdId, segments: [{ segmentId, path: pathOf(0) }] }
  expect(await answerTo(again)).toMatchObject({ done: true })
  for (let i = 0; i < 2; i++) expect(await answerTo({ request: 'unlinkHold', holdId })).toMatchObject({ done: true })
  expect(readdirSync(layout.holds)).toEqual([])
})

test('nothing outside recordings is deleted or linked, and never the file being written', async () => {
  const outside = join(layout.footage, 'journal', 'kept.mp4')
  writeFileSync(outside, 'kept')
  const otherRun = newId()
  symlinkSync(layout.journal, layout.runFolder(channelId, otherRun))
  linkSync(outside, join(layout.journal, '000000.mp4'))
  symlinkSync(outside, join(layout.runFolder(channelId, runId), '000007.mp4'))
  const paths = [
    '../etc/passwd',
    `recordings/${channelId}/run-${runId}/../../../journal/kept.mp4`,
    `recordings/${channelId}/run-${otherRun}/000000.mp4`,
    `recordings/${channelId}/run-${runId}/000007.mp4`,
    pathOf(2)
  ]
  const { failed } = await answerTo({ request: 'delete', paths })
  expect(failed.map(one => one.path)).toEqual(paths)
  expect(existsSync(outside)).toBe(true)
  const segments = paths.map(path => ({ segmentId: newId(), path }))
  expect((await answerTo({ request: 'link', holdId: newId(), segments })).failed).toHaveLength(paths.length)
})

test('the folder of an ended run goes with its last segment', async () => {
  writeFileSync(join(layout.runFolder(channelId, runId), 'ended.json'), '{}')
  openPath = ''
  await answerTo({ request: 'delete', paths: [0, 1].map(pathOf) })
  expect(existsSync(layout.runFolder(channelId, runId))).toBe(true)
  await answerTo({ request: 'delete', paths: [pathOf(2)] })
  expect(existsSync(layout.runFolder(channelId, runId))).toBe(false)
})

test('a restart is handed on, and an unknown channel is told', async () => {
  expect(await answerTo({ request: 'restart', channelId })).toMatchObject({ done: true })
  expect(await answerTo({ request: 'restart', channelId: newId() })).toMatchObject({ done: false })
  expect(restarted).toHaveBeenCalledWith(channelId)
})

test('a request that cannot be read is answered once and is gone', async () => {
  for (const text of ['{', '{}', JSON.stringify({ id: newId(), request: 'restart', channelId })]) {
    const id = newId()
    await writeDurably(join(layout.requests, `${id}.json`), text)
    expect(await answered(id)).toMatchObject({ done: false })
  }
  const folderId = newId()
  mkdirSync(join(layout.requests, `${folderId}.json`))
  const linkId = newId()
  symlinkSync('/etc/passwd', join(layout.requests, `${linkId}.json`))
  for (const id of [folderId, linkId]) expect(await answered(id)).toMatchObject({ done: false })
})
