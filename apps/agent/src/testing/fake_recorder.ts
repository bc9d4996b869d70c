import { existsSync, watch } from 'node:fs'
import { link, mkdir, readdir, readFile, rm, unlink } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { makeFolder, writeDurably } from '@matthan/base/files'
import { readMessage } from '@matthan/protocol/read'
import { type RecorderAnswer, RecorderRequest, SegmentClosed } from '@matthan/protocol/recording'

/** The recorder's side of the request folder, for tests: links, unlinks and deletes as the contract says. */
export type FakeRecorder = {
  asked: RecorderRequest[]
  /** Paths of files that count as being written. */
  open: Set<string>
  stop(): void
  refuse(reason: string | undefined): void
}

const pathOfSegment = SegmentClosed.shape.path

const serve = async (folder: string, open: Set<string>, request: RecorderRequest): Promise<RecorderAnswer> => {
  const failed: RecorderAnswer['failed'] = []
  const attempt = async (path: string, work: () => Promise<unknown>, fine: string): Promise<void> => {
    const refusal = open.has(path) ? 'EBUSY' : pathOfSegment.safeParse(path).success ? undefined : 'EACCES'
    if (refusal) return void failed.push({ path, reason: refusal })
    await work().catch(error => {
      if (error.code !== fine) failed.push({ path, reason: String(error.code) })
    })
  }
  if (request.request === 'link') {
    await mkdir(join(folder, 'holds', request.holdId), { recursive: true })
    for (const { segmentId, path } of request.segments) {
      const to = join(folder, 'holds', request.holdId, `${segmentId}${extname(path)}`)
      if (!existsSync(to)) await attempt(path, () => link(join(folder, path), to), 'EEXIST')
    }
  } else if (request.request === 'unlinkHold') {
    await rm(join(folder, 'holds', request.holdId), { recursive: true, force: true })
  } else if (request.request === 'delete') {
    for (const path of request.paths) await attempt(path, () => unlink(join(folder, path)), 'ENOENT')
  }
  return { id: request.id, done: failed.length === 0, failed }
}

export const startFakeRecorder = async (folder: string): Promise<FakeRecorder> => {
  const requests = join(folder, 'requests')
  await makeFolder(requests)
  await makeFolder(join(folder, 'answers'))
  const asked: RecorderRequest[] = []
  const open = new Set<string>()
  let refusal: string | undefined
  let queue = Promise.resolve()
  const look = async (): Promise<void> => {
    for (const name of (await readdir(requests)).filter(one => /^[0-9a-f-]{36}\.json$/.test(one))) {
      const text = await readFile(join(requests, name), 'utf8').catch(() => undefined)
      if (text === undefined) continue
      const request = readMessage('request', RecorderRequest, text)
      asked.push(request)
      const paths = request.request === 'delete' ? request.paths : ['']
      const answer = refusal
        ? { id: request.id, done: false, failed: paths.map(path => ({ path, reason: refusal })) }
        : await serve(folder, open, request)
      await unlink(join(requests, name))
      await writeDurably(join(folder, 'answers', name), JSON.stringify(answer))
    }
  }
  const bell = (): void => {
    queue = queue.then(look).catch(() => {})
  }
  const watcher = watch(requests, bell)
  bell()
  return {
    asked,
    open,
    stop: () => watcher.close(),
    refuse: reason => {
      refusal = reason
    }
  }
}
