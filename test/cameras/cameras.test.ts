import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cameras, startCameras } from './cameras.ts'
import { counterBytes, counterFilter, readCounter, readCounters, variants } from './media.ts'

const run = promisify(execFile)
let folder: string
let cameras: Cameras

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cameras-'))
  cameras = await startCameras({ cameras: variants, folder })
}, 120_000)

afterAll(async () => {
  await cameras.stop()
  await rm(folder, { recursive: true })
})

const probe = async (url: string): Promise<string[]> => {
  const show = '-v error -rtsp_transport tcp -timeout 4000000 -show_entries stream=codec_name -of csv=p=0'.split(' ')
  const { stdout } = await run('ffprobe', [...show, url])
  return stdout.trim().split('\n')
}

const record = async (url: string, seconds: number): Promise<string> => {
  const path = join(folder, `${Math.random()}.mkv`)
  const args = `-nostdin -v error -rtsp_transport tcp -i ${url} -t ${seconds} -map 0:v -c copy ${path}`
  await run('ffmpeg', args.split(' '))
  return path
}

describe('simulated cameras', () => {
  test('each serves its own variant to whoever knows the password', async () => {
    const seen = await Promise.all(cameras.cameras.map(camera => probe(camera.urlWithPassword)))
    expect(seen).toEqual([['h264'], ['h264', 'aac'], ['hevc'], ['h264', 'pcm_alaw']])
  }, 20_000)

  test('nobody gets in without the password, or with a wrong one', async () => {
    const camera = cameras.cameras[0]!
    await expect(probe(camera.url)).rejects.toThrow(/401/)
    await expect(probe(camera.url.replace('://', '://admin:wrong@'))).rejects.toThrow(/401/)
  })

  test('a recording carries the counters that were sent, each once, with their spacing', async () => {
    const frames = await readCounters(await record(cameras.cameras[0]!.urlWithPassword, 5))
    const sent = await cameras.sent(0)
    const first = sent.findLastIndex(frame => frame.index === frames[0]!.index)
    expect(frames.length).toBeGreaterThan(45)
    expect(frames.map(frame => frame.index)).toEqual(sent.slice(first, first + frames.length).map(frame => frame.index))
    for (const [i, frame] of frames.entries()) {
      const sentAfterMs = sent[first + i]!.monoMs - sent[first]!.monoMs
      expect(Math.abs(frame.ptsMs - frames[0]!.ptsMs - sentAfterMs)).toBeLessThan(100)
    }
  }, 20_000)

  test('the log tells the moment at which a frame reaches the one who watches', async () => {
    const { urlWithPassword } = cameras.cameras[0]!
    const before = (await cameras.sent(0)).length
    const input = `-nostdin -v error -threads 1 -fflags nobuffer -flags low_delay -rtsp_transport tcp -i ${urlWithPassword}`
    const output = `-vf ${counterFilter} -vsync passthrough -f rawvideo -flush_packets 1 -`
    const child = spawn('ffmpeg', `${input} ${output}`.split(' '), { stdio: ['ignore', 'pipe', 'ignore'] })
    const arrivals: { index: number | undefined; ms: number }[] = []
    for await (const chunk of child.stdout) {
      const ms = Date.now()
      for (let at = 0; at < chunk.length; at += counterBytes)
        arrivals.push({ index: readCounter(chunk.subarray(at, at + counterBytes)), ms })
      if (arrivals.length > 60) break
    }
    child.kill('SIGKILL')
    const sent = new Map((await cameras.sent(0)).slice(before).map(frame => [frame.index, frame.realtimeMs]))
    // ffmpeg shows what it probed in one go; the frames after that come as they are sent.
    const lateMs = arrivals.slice(-15).map(({ index, ms }) => ms - sent.get(index!)!)
    expect(Math.min(...lateMs)).toBeGreaterThan(-2)
    // Two frames (133 ms) of that are ffmpeg's own: its parser waits for the next frame, its decoder for one more.
    expect(lateMs.toSorted((a, b) => a - b)[7]).toBeLessThan(200)
  }, 20_000)

  test('a stalled camera keeps its connections and sends nothing', async () => {
    const watching = record(cameras.cameras[1]!.urlWithPassword, 4)
    await cameras.command(1, { do: 'stall' })
    const before = (await cameras.sent(1)).length
    await record(cameras.cameras[0]!.urlWithPassword, 1)
    expect((await cameras.sent(1)).length).toBe(before)
    await cameras.command(1, { do: 'play' })
    expect((await readCounters(await watching)).length).toBeGreaterThan(15)
  }, 20_000)

  test('a frozen camera sends a valid stream of one and the same picture', async () => {
    await cameras.command(1, { do: 'freeze' })
    const frames = await readCounters(await record(cameras.cameras[1]!.urlWithPassword, 3))
    await cameras.command(1, { do: 'play' })
    expect(frames.length).toBeGreaterThan(30)
    expect(new Set(frames.map(frame => frame.index)).size).toBe(1)
  }, 20_000)

  test('a dead camera refuses, and answers on the same port when it is revived', async () => {
    const { urlWithPassword } = cameras.cameras[0]!
    await cameras.command(0, { do: 'die' })
    await expect(probe(urlWithPassword)).rejects.toThrow(/refused/)
    await cameras.command(0, { do: 'revive' })
    expect(await probe(urlWithPassword)).toEqual(['h264'])
  }, 20_000)

  test('a camera changes its codec and its password', async () => {
    await cameras.command(0, { do: 'codec', variant: 'h265' })
    expect(await probe(cameras.cameras[0]!.urlWithPassword)).toEqual(['hevc'])
    await cameras.command(0, { do: 'password', password: 'new' })
    await expect(probe(cameras.cameras[0]!.urlWithPassword)).rejects.toThrow(/401/)
    expect(await probe(cameras.cameras[0]!.url.replace('://', '://admin:new@'))).toEqual(['hevc'])
  }, 20_000)

  test('basic authentication works as well', async () => {
    await using basic = await startCameras({ cameras: 1, folder: join(folder, 'basic'), auth: 'basic' })
    expect(await probe(basic.cameras[0]!.urlWithPassword)).toEqual(['h264'])
  }, 20_000)
})
