import { constants, watch } from 'node:fs'
import { open, readdir, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@matthan/base/clock'
import { fromUnknown } from '@matthan/base/error'
import { syncFolder, writeDurably } from '@matthan/base/files'
import { isId } from '@matthan/base/id'
import type { Log } from '@matthan/base/log'
import { type RecorderAnswer, RecorderRequest } from '@matthan/protocol/recording'
import type { Layout } from '../layout.ts'
import { deleteRecordings } from './delete.ts'
import type { Desk, Failed, Handler, RequestKind } from './handler.ts'
import { link } from './link.ts'
import { restart } from './restart.ts'
import { unlinkHold } from './unlink_hold.ts'

const handlers = { link, unlinkHold, delete: deleteRecordings, restart } satisfies {
  [Kind in RequestKind]: Handler<Kind>
}

const handle = async (desk: Desk, request: RecorderRequest): Promise<Failed[]> => {
  const handler = handlers[request.request] as Handler<RequestKind>
  return await handler(desk, request)
}

/** The kernel tells of a new one; this is for what was put off and for a machine that has no watch left. */
const lookEachMs = 5000
const answersKeptMs = 3600_000
const cleanEachMs = 600_000
const mostRequestBytes = 16 << 20
const requestFile = /^([0-9a-f-]{36})\.json$/

/** Answers requests one after the other, oldest first, until the signal fires. */
export const serveRequests = (options: { desk: Desk; clock: Clock; log: Log; signal: AbortSignal }): void => {
  const { desk, clock, log, signal } = options
  const { layout } = desk
  let busy = false
  let again = false
  const look = async (): Promise<void> => {
    again = true
    if (busy) return
    busy = true
    try {
      while (again && !signal.aborted) {
        again = false
        for (const name of (await readdir(layout.requests)).sort()) {
          const id = requestFile.exec(name)?.[1]
          if (id && isId(id) && !signal.aborted) await serve(desk, id, log)
        }
      }
    } catch (error) {
      log.error({ error }, 'requests failed')
    } finally {
      busy = false
    }
  }
  clock.every(lookEachMs, look, signal)
  clock.every(cleanEachMs, () => removeOldAnswers(layout, clock).catch(() => {}), signal)
  const watcher = watch(layout.requests, { signal, persistent: false }, () => void look())
  watcher.on('error', () => {})
  void look()
}

/** The answer is durable before the request goes, so that a power cut repeats a request (all may be repeated) and loses none. */
const serve = async (desk: Desk, id: string, log: Log): Promise<void> => {
  const { layout } = desk
  const path = join(layout.requests, `${id}.json`)
  let answer: RecorderAnswer
  try {
    const request = await readRequest(path, id)
    const failed = await handle(desk, request)
    answer = { id, done: failed.length === 0, failed }
    log.info({ id, request: request.request, failed: failed.length }, 'request answered')
  } catch (error) {
    const failure = fromUnknown(error)
    if (failure.kind === 'exhausted') throw error
    log.error({ id, error }, 'request refused')
    answer = { id, done: false, failed: [{ path: '', reason: failure.message.slice(0, 300) }] }
  }
  await writeDurably(join(layout.answers, `${id}.json`), JSON.stringify(answer), 0o640)
  await unlink(path).catch(async error => {
    if (error.code === 'ENOENT') return
    // Not ours to remove (a folder, or wrong rights): set aside under a name that is no request.
    await rename(path, join(layout.requests, `bad-${id}`))
  })
  await syncFolder(layout.requests)
}

const readRequest = async (path: string, id: string): Promise<RecorderRequest> => {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { size } = await file.stat()
    if (size > mostRequestBytes) throw new Error(`request of ${size} bytes`)
    const request = RecorderRequest.parse(JSON.parse(await file.readFile('utf8')))
    if (request.id !== id) throw new Error('the request has another id than its name')
    return request
  } finally {
    await file.close()
  }
}

const removeOldAnswers = async (layout: Layout, clock: Clock): Promise<void> => {
  for (const name of await readdir(layout.answers)) {
    const path = join(layout.answers, name)
    const { mtimeMs } = await stat(path)
    if (clock.nowMs() - mtimeMs > answersKeptMs) await unlink(path)
  }
}
