import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeDurably } from '@matthan/base/files'
import { newId } from '@matthan/base/id'
import { makeSecretKey, readSecretKey, sealSecret } from '@matthan/base/secret'
import {
  JournalLine,
  RecorderAnswer,
  type RecorderChannel,
  RecorderStatus,
  type SegmentClosed
} from '@matthan/protocol/recording'
import { vi } from 'vitest'
import { type CamerasOptions, startCameras } from '../../../../test/cameras/cameras.ts'
import { readCounters } from '../../../../test/cameras/media.ts'

const main = join(import.meta.dirname, '../main.ts')

/** Simulated cameras, a footage folder and the recorder as a process of its own, as it really runs. */
export const openHouse = async (options: Pick<CamerasOptions, 'cameras'> & { segmentSeconds?: number }) => {
  const folder = await mkdtemp(join(tmpdir(), 'recorder-'))
  const footage = join(folder, 'footage')
  const configPath = join(folder, 'recorder.json')
  const keyPath = join(folder, 'key')
  const cameras = await startCameras({ cameras: options.cameras, folder: join(folder, 'sent') })
  await makeSecretKey(keyPath)
  const key = readSecretKey(keyPath)
  const channels = cameras.cameras.map(
    ({ url, userName, password }): RecorderChannel => ({
      channelId: newId(),
      url,
      userName,
      sealedPassword: sealSecret(key, password),
      enabled: true
    })
  )
  const children: ChildProcess[] = []
  let words = ''

  const configure = (wanted: RecorderChannel[]) =>
    writeDurably(configPath, JSON.stringify({ v: 1, segmentSeconds: options.segmentSeconds ?? 2, channels: wanted }))
  const start = async (env: Record<string, string> = {}): Promise<ChildProcess> => {
    const args = [main, 'run', '--config', configPath, '--footage', footage, '--key', keyPath]
    const more = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    const child = spawn('env', [...more, process.execPath, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr?.on('data', chunk => {
      words += chunk
    })
    children.push(child)
    return child
  }
  const end = async (child: ChildProcess, name: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill(name)
    await gone
  }

  const journal = (): JournalLine[] => {
    const days = join(footage, 'journal')
    if (!existsSync(days)) return []
    return readdirSync(days)
      .sort()
      .flatMap(name => readFileSync(join(days, name), 'utf8').split('\n').slice(0, -1))
      .map(line => JournalLine.parse(JSON.parse(line)))
  }
  const segments = (channel = 0): SegmentClosed[] =>
    journal().filter(
      one => one.event === 'segment' && one.channelId === channels[channel]?.channelId
    ) as SegmentClosed[]
  const status = (channel = 0) =>
    RecorderStatus.parse(JSON.parse(readFileSync(join(footage, 'status.json'), 'utf8'))).channels[channel]

  /** Process ids of the ffmpegs that write below this house's footage. */
  const writers = (): number[] =>
    readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .filter(name => {
        try {
          const args = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')
          return args[0] === 'ffmpeg' && args.some(arg => arg.startsWith(footage))
        } catch {
          return false
        }
      })
      .map(Number)

  const ask = async (request: object): Promise<RecorderAnswer> => {
    const id = newId()
    await writeDurably(join(footage, 'requests', `${id}.json`), JSON.stringify({ id, ...request }))
    const path = join(footage, 'answers', `${id}.json`)
    await until(() => existsSync(path))
    return RecorderAnswer.parse(JSON.parse(readFileSync(path, 'utf8')))
  }

  /**
   * By how much the time rule is wrong for each frame of a segment that was really sent, in ms; positive is late.
   * The first frames of a run are left out: sound may stretch one, and a camera may begin with one that it kept.
   */
  const errorsOf = async (segment: SegmentClosed, channel = 0): Promise<number[]> => {
    const sent = await cameras.sent(channel)
    const frames = await readCounters(join(footage, segment.path))
    return frames.slice(segment.index === 0 ? 5 : 0).map(({ index, ptsMs }) => {
      const media = segment.mediaStartMs + ptsMs
      const anchor = segment.anchors.findLast(one => one.fromMediaMs <= media) ?? segment.anchors[0]!
      const utcMs = media + anchor.utcMinusMediaMs
      const errors = sent.filter(one => one.index === index).map(one => utcMs - one.realtimeMs)
      return errors.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a), Number.POSITIVE_INFINITY)
    })
  }

  return {
    folder,
    footage,
    cameras,
    channels,
    configure,
    start,
    end,
    journal,
    segments,
    status,
    writers,
    ask,
    errorsOf,
    words: () => words,
    [Symbol.asyncDispose]: async () => {
      for (const child of children) await end(child, 'SIGKILL')
      for (const pid of writers()) process.kill(pid, 'SIGKILL')
      await cameras.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}

export type House = Awaited<ReturnType<typeof openHouse>>

/** Waits for what the recorder does in its own time. */
export const until = async (holds: () => boolean | Promise<boolean>, ms = 25_000): Promise<void> => {
  await vi.waitFor(
    async () => {
      if (!(await holds())) throw new Error(`not so after ${ms} ms: ${holds}`)
    },
    { timeout: ms, interval: 50 }
  )
}
