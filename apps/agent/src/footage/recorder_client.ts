import { existsSync, watch } from 'node:fs'
import { readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { bootId, type Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { writeDurably } from '@matthan/base/files'
import { newId } from '@matthan/base/id'
import { readMessage } from '@matthan/protocol/read'
import { RecorderAnswer, type RecorderRequest, RecorderStatus } from '@matthan/protocol/recording'

type WithoutId<T> = T extends { id: string } ? Omit<T, 'id'> : never
export type Asked = WithoutId<RecorderRequest>
export type AskOptions = { deadlineMs: number; signal?: AbortSignal }

/** The recorder as the agent sees it: request files, answer files and one status file (protocol/recording). */
export type RecorderClient = {
  /** @throws MatthanError unreachable when no answer came in time; the recorder may still do it later, once. */
  ask(request: Asked, options: AskOptions): Promise<RecorderAnswer>
  /** The newest status and its age by the monotonic clock; undefined when there is none of this boot that can be read. */
  status(): Promise<{ status: RecorderStatus; ageMs: number } | undefined>
}

/** A watch may be lost (another mount, an exhausted inotify): look again this often besides. */
const pollMs = 1000

export const makeRecorderClient = ({ folder, clock }: { folder: string; clock: Clock }): RecorderClient => {
  const boot = bootId()

  const readAnswer = async (id: string): Promise<RecorderAnswer | undefined> => {
    const path = join(folder, 'answers', `${id}.json`)
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    const answer = readMessage('answer of the recorder', RecorderAnswer, text)
    // The recorder tidies up as well; when it may not be taken away it is left to it.
    await unlink(path).catch(() => {})
    return answer
  }

  return {
    ask: async (request, { deadlineMs, signal }) => {
      const id = newId()
      const answers = join(folder, 'answers')
      const silent = (): MatthanError =>
        new MatthanError('unreachable', 'agent.recorderSilent', { seconds: Math.round(deadlineMs / 1000) })
      // The recorder makes both folders, with the rights that both programs need.
      if (!existsSync(answers)) throw silent()
      const done = new AbortController()
      const outer = signal ? AbortSignal.any([signal, done.signal]) : done.signal
      let rung = Promise.withResolvers<void>()
      const watcher = watch(answers, { signal: done.signal }, (_, name) => {
        if (name === null || name === `${id}.json`) rung.resolve()
      })
      watcher.on('error', () => {})
      const untilMs = clock.monoMs() + deadlineMs
      try {
        await writeDurably(join(folder, 'requests', `${id}.json`), JSON.stringify({ ...request, id }))
        for (;;) {
          rung = Promise.withResolvers<void>()
          const answer = await readAnswer(id)
          if (answer) return answer
          const leftMs = untilMs - clock.monoMs()
          if (leftMs <= 0) throw silent()
          const nap = new AbortController()
          const asleep = clock.sleep(Math.min(pollMs, leftMs), AbortSignal.any([outer, nap.signal]))
          try {
            await Promise.race([rung.promise, asleep])
          } finally {
            nap.abort()
            asleep.catch(() => {})
          }
        }
      } finally {
        done.abort()
      }
    },

    status: async () => {
      const text = await readFile(join(folder, 'status.json'), 'utf8').catch(() => undefined)
      if (text === undefined) return undefined
      let status: RecorderStatus
      try {
        status = readMessage('status of the recorder', RecorderStatus, text)
      } catch {
        return undefined
      }
      // Monotonic times of two boots are never compared (I8).
      return status.bootId === boot ? { status, ageMs: Math.max(0, clock.monoMs() - status.writtenMonoMs) } : undefined
    }
  }
}
