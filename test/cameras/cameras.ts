import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { framesPerSecond, loopFrames, prepareMedia, type Variant, variants } from './media.ts'

/** What a simulated camera can be told to do. */
export type CameraCommand =
  /** Sends nothing more, but keeps every connection. */
  | { do: 'stall' }
  /** Sends the same picture again and again: a valid stream of a camera that hangs. */
  | { do: 'freeze' }
  /** Ends stall and freeze. */
  | { do: 'play' }
  /** Ends every connection and refuses new ones. */
  | { do: 'die' }
  /** Listens again, on the same port. */
  | { do: 'revive' }
  /** Ends every connection; serves the other variant from the next one on. */
  | { do: 'codec'; variant: Variant }
  /** Ends every connection; lets in with the new password only. */
  | { do: 'password'; password: string }
  /** Ends every connection once. */
  | { do: 'drop' }

export type SimulatedCamera = {
  /** rtsp:// without user and password. */
  url: string
  /** The same with user and password, for tests that call a tool by hand. */
  urlWithPassword: string
  host: string
  port: number
  userName: string
  password: string
  variant: Variant
}

/** One frame that was handed to the network. */
export type SentFrame = {
  /** Number of the frame since the cameras started. */
  n: number
  /** What its picture says (see `readCounters`): `n` within the loop, or the frozen one. */
  index: number
  loop: number
  /** CLOCK_REALTIME and CLOCK_MONOTONIC of this machine at that moment; the log is written at the push. */
  realtimeMs: number
  monoMs: number
}

export type Cameras = {
  cameras: SimulatedCamera[]
  /** The process that serves all of them; SIGSTOP freezes them, sockets and all. */
  pid: number
  command(camera: number, command: CameraCommand): Promise<void>
  /** What camera number `camera` has sent so far, in order. Nothing is sent (or logged) while nobody watches. */
  sent(camera: number): Promise<SentFrame[]>
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export type CamerasOptions = {
  /** One variant a camera; a number gives that many, taking the variants in turn. */
  cameras: number | readonly Variant[]
  /** Where the logs of sent frames lie; made when absent. */
  folder: string
  auth?: 'digest' | 'basic' | 'none'
  /** A loopback address. */
  host?: string
  /** Port of the first camera, the next ones follow; left out: whatever is free. */
  port?: number
  password?: string
  mediaFolder?: string
}

const server = join(import.meta.dirname, 'rtsp_server.py')

/** Starts simulated cameras in one process, each on a port of its own; resolves when they answer. */
export const startCameras = async (options: CamerasOptions): Promise<Cameras> => {
  const { folder, auth = 'digest', host = '127.0.0.1', port = 0, password = 'Mật#khẩu:9/@' } = options
  const chosen: Variant[] =
    typeof options.cameras === 'number'
      ? Array.from({ length: options.cameras }, (_, i) => variants[i % variants.length]!)
      : [...options.cameras]
  const media = await prepareMedia(options.mediaFolder)
  await mkdir(folder, { recursive: true })
  const settings = chosen.map((variant, i) => ({
    port: port === 0 ? 0 : port + i,
    path: `/cam${i + 1}`,
    variant,
    userName: 'admin',
    password,
    sentLog: join(folder, `sent-${i + 1}.csv`)
  }))

  const child = spawn('/usr/bin/python3', [server])
  const conversation = converse(child)
  const { ready: ports } = await conversation.start({
    host,
    auth,
    media,
    fps: framesPerSecond,
    loopFrames,
    cameras: settings
  })

  const cameras = settings.map((camera, i): SimulatedCamera => {
    const place = `${host}:${ports[i]}${camera.path}`
    const signIn = auth === 'none' ? '' : `${camera.userName}:${encodeURIComponent(camera.password)}@`
    return {
      url: `rtsp://${place}`,
      urlWithPassword: `rtsp://${signIn}${place}`,
      host,
      port: ports[i]!,
      userName: camera.userName,
      password: camera.password,
      variant: camera.variant
    }
  })
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  return {
    cameras,
    pid: child.pid!,
    command: (camera, command) => conversation.ask({ camera, ...command }),
    sent: async camera => parseSent(await readFile(settings[camera]!.sentLog, 'utf8')),
    stop,
    [Symbol.asyncDispose]: stop
  }
}

const parseSent = (log: string): SentFrame[] =>
  log
    .slice(0, log.lastIndexOf('\n'))
    .split('\n')
    .slice(1)
    .map(line => {
      const [n, index, loop, realtimeMs, monoMs] = line.split(',').map(Number)
      return { n: n!, index: index!, loop: loop!, realtimeMs: realtimeMs!, monoMs: monoMs! }
    })

type Answer = { ready?: number[]; id?: number; error?: string }

/** JSON lines to and from the server: questions by id, and the server's death as the answer to all of them. */
const converse = (child: ChildProcessWithoutNullStreams) => {
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>()
  let complaint = ''
  let nextId = 1
  const failAll = (reason: string) => {
    for (const { reject } of waiting.values()) reject(new Error(`simulated cameras: ${reason} ${complaint}`))
    waiting.clear()
  }
  child.stderr.on('data', chunk => {
    complaint = (complaint + chunk).slice(-4000)
  })
  child.on('error', error => failAll(error.message))
  child.on('exit', () => failAll('ended.'))
  child.stdin.on('error', () => {})
  createInterface({ input: child.stdout }).on('line', line => {
    const answer = JSON.parse(line) as Answer
    const asked = waiting.get(answer.id ?? 0)
    waiting.delete(answer.id ?? 0)
    if (answer.error) asked?.reject(new Error(`simulated cameras: ${answer.error}`))
    else asked?.resolve(answer)
  })
  const send = (id: number, message: object) =>
    new Promise<Answer>((resolve, reject) => {
      if (child.exitCode !== null) reject(new Error(`simulated cameras: ended. ${complaint}`))
      waiting.set(id, { resolve, reject })
      child.stdin.write(`${JSON.stringify(message)}\n`)
    })
  return {
    start: async (setup: object) => {
      const { ready = [] } = await send(0, setup)
      return { ready }
    },
    ask: async (order: object) => {
      const id = nextId++
      await send(id, { id, ...order })
    }
  }
}
