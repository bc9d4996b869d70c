import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { newId } from '@matthan/base/id'
import { expect, test } from 'vitest'
import { openHouse, until } from './testing/house.ts'
import { startRtcpProxy } from './testing/rtcp_proxy.ts'

// Each test has cameras and a recorder of its own; most of their time is waiting for video, so they run at once.
const scene = (name: string, run: () => Promise<void>) => test.concurrent(name, { timeout: 60_000 }, run)
const most = (numbers: number[]): number => Math.max(...numbers.map(Math.abs))

scene(
  'every kind of camera gives segments with its codecs, its size and its time, and no password is seen',
  async () => {
    await using house = await openHouse({ cameras: ['h264', 'h264+aac', 'h265', 'h264+g711'] })
    await house.configure(house.channels)
    const recorder = await house.start()
    await until(() => house.channels.every((_, i) => house.segments(i).length >= 3))

    for (const pid of house.writers()) {
      const seen = ['cmdline', 'environ'].map(name => readFileSync(`/proc/${pid}/${name}`, 'utf8')).join()
      for (const { password } of house.cameras.cameras) {
        expect(seen).not.toContain(password)
        expect(seen).not.toContain(encodeURIComponent(password))
      }
    }
    await house.end(recorder)
    const codecs = house.channels.map((_, i) => house.segments(i)[0]).map(one => [one?.videoCodec, one?.audioCodec])
    expect(codecs).toEqual([
      ['h264', undefined],
      ['h264', 'aac'],
      ['hevc', undefined],
      ['h264', 'pcm_alaw']
    ])

    for (const [i] of house.channels.entries()) {
      const segments = house.segments(i)
      expect(segments.map(one => one.index)).toEqual(segments.map((_, n) => n))
      for (const [n, segment] of segments.entries()) {
        const bytes = readFileSync(join(house.footage, segment.path))
        expect([segment.bytes, segment.sha256]).toEqual([
          bytes.length,
          createHash('sha256').update(bytes).digest('hex')
        ])
        expect(segment.torn).toBe(false)
        const before = segments[n - 1]
        if (before) expect(Math.abs(segment.mediaStartMs - before.mediaEndMs)).toBeLessThan(1)
        expect(most(await house.errorsOf(segment, i))).toBeLessThan(300)
      }
    }
    const lines = house.journal()
    expect(lines.filter(one => one.event === 'runStarted').map(one => one.cause)).toEqual(Array(4).fill('start'))
    expect(lines.filter(one => one.event === 'runEnded').map(one => one.cause)).toEqual(Array(4).fill('maintenance'))
    expect(house.writers()).toEqual([])
  }
)

scene(
  'a recorder that was killed is taken over: never two writers, nothing lost before, torn files named',
  async () => {
    await using house = await openHouse({ cameras: ['h264', 'h264+aac'], segmentSeconds: 6 })
    await house.configure(house.channels)
    const first = await house.start()
    await until(() => house.segments(0).length >= 1 && house.segments(1).length >= 1)
    await house.end(first, 'SIGKILL')
    expect(house.writers()).toHaveLength(2)
    const known = house.segments(0).length

    const second = await house.start()
    await until(() => house.journal().filter(one => one.event === 'runStarted').length === 4)
    expect(house.writers()).toHaveLength(2)
    const [old] = house.segments(0)
    const ofOldRun = house.segments(0).filter(one => one.runId === old?.runId)
    expect(ofOldRun.length).toBeGreaterThan(known)
    expect(most((await Promise.all(ofOldRun.map(one => house.errorsOf(one)))).flat())).toBeLessThan(300)
    expect(house.journal()).toContainEqual(expect.objectContaining({ event: 'runEnded', cause: 'recorder' }))

    // The third one finds files that nobody closed.
    const isHalfWritten = (path: string, _: number, all: string[]) =>
      statSync(path).size > 20_000 &&
      !path.includes(old!.runId) &&
      all
        .filter(one => dirname(one) === dirname(path))
        .sort()
        .at(-1) === path
    await until(() => footageFiles(house.footage).some(isHalfWritten))
    await house.end(second, 'SIGKILL')
    for (const pid of house.writers()) process.kill(pid, 'SIGKILL')
    const bytesBefore = new Map(footageFiles(house.footage).map(path => [path, statSync(path).size]))
    await house.start()
    await until(() =>
      house
        .segments(0)
        .concat(house.segments(1))
        .some(one => one.torn)
    )
    for (const torn of [0, 1].flatMap(house.segments).filter(one => one.torn)) {
      expect(torn.bytes).toBe(bytesBefore.get(join(house.footage, torn.path)))
      expect(torn.mediaEndMs).toBeGreaterThan(torn.mediaStartMs)
    }
  }
)

const footageFiles = (footage: string): string[] =>
  readdirSync(join(footage, 'recordings'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.mp4'))
    .map(name => join(footage, 'recordings', name))

scene('a second recorder on the same footage is turned away', async () => {
  await using house = await openHouse({ cameras: ['h264'] })
  await house.configure([])
  await house.start()
  await until(() => existsSync(join(house.footage, 'status.json')))
  const second = await house.start()
  await until(() => second.exitCode !== null)
  expect(second.exitCode).toBe(8)
})

scene('a camera that stalls, dies or changes its password is seen, with its reason, and recorded again', async () => {
  await using house = await openHouse({ cameras: ['h264', 'h264', 'h264'] })
  await house.configure(house.channels)
  await house.start()
  await until(() => house.channels.every((_, i) => house.segments(i).length >= 1))
  await house.cameras.command(0, { do: 'stall' })
  await house.cameras.command(1, { do: 'die' })
  await house.cameras.command(2, { do: 'password', password: 'another' })
  await until(() => house.status(1)?.detail?.includes('Connection refused') ?? false)
  await until(() => house.status(2)?.cause === 'signIn')
  await until(() => house.status(0)?.stalls === 1)
  expect(house.status(0)).toMatchObject({ cause: 'camera' })
  await house.cameras.command(0, { do: 'play' })
  await house.cameras.command(1, { do: 'revive' })
  await house.cameras.command(2, { do: 'password', password: house.cameras.cameras[2]!.password })
  const began = (channel: number) =>
    house.journal().filter(one => one.event === 'runStarted' && one.channelId === house.channels[channel]?.channelId)
  await until(() => house.channels.every((_, i) => began(i).length === 2))
  expect([0, 1, 2].map(i => began(i).map(one => 'cause' in one && one.cause))).toEqual([
    ['start', 'camera'],
    ['start', 'camera'],
    ['start', 'signIn']
  ])
  expect(house.words()).not.toContain(encodeURIComponent(house.cameras.cameras[2]!.password))
})

scene('a camera that changes its codec goes on in a new run, in the container that takes it', async () => {
  await using house = await openHouse({ cameras: ['h264+aac'] })
  await house.configure(house.channels)
  await house.start()
  await until(() => house.segments().length >= 1)
  await house.cameras.command(0, { do: 'codec', variant: 'h264+g711' })
  await until(() => house.segments().some(one => one.audioCodec === 'pcm_alaw' && one.path.endsWith('.mov')))
  await house.cameras.command(0, { do: 'codec', variant: 'h265' })
  await until(() => house.segments().some(one => one.videoCodec === 'hevc'))
})

scene('channels come, go and change while the others record on; requests are answered', async () => {
  await using house = await openHouse({ cameras: ['h264', 'h264'] })
  const [kept, coming] = house.channels
  await house.configure([kept!])
  await house.start()
  await until(() => house.segments(0).length >= 1)
  const runId = house.status(0)?.runId
  await house.configure([kept!, coming!])
  await until(() => house.segments(1).length >= 1)
  writeFileSync(join(house.folder, 'recorder.json'), '{')
  await house.configure([kept!, { ...coming!, enabled: false }])
  await until(() => house.status(1)?.state === 'disabled')
  expect(house.status(0)).toMatchObject({ state: 'recording', runId })
  expect(house.writers()).toHaveLength(1)

  const [held] = house.segments(0)
  const holdId = newId()
  const segments = [{ segmentId: held!.segmentId, path: held!.path }]
  expect(await house.ask({ request: 'link', holdId, segments })).toMatchObject({ done: true })
  expect(await house.ask({ request: 'delete', paths: [held!.path] })).toMatchObject({ done: true })
  const link = join(house.footage, 'holds', holdId, `${held!.segmentId}.mp4`)
  expect(createHash('sha256').update(readFileSync(link)).digest('hex')).toBe(held!.sha256)
  expect(await house.ask({ request: 'unlinkHold', holdId })).toMatchObject({ done: true })

  expect(await house.ask({ request: 'restart', channelId: kept!.channelId })).toMatchObject({ done: true })
  await until(() => house.status(0)?.state === 'recording' && house.status(0)?.runId !== runId)
})

scene('the clock of the camera does not get into the time rule', async () => {
  await using house = await openHouse({ cameras: ['h264'] })
  await using proxy = await startRtcpProxy(house.cameras.cameras[0]!, () => 3600_000)
  const [channel] = house.channels
  await house.configure([{ ...channel!, url: channel!.url.replace(/:\d+\//, `:${proxy.port}/`) }])
  await house.start()
  await until(() => house.segments().length >= 3)
  expect(proxy.reports()).toBeGreaterThan(10)
  for (const segment of house.segments()) expect(most(await house.errorsOf(segment))).toBeLessThan(300)
})

const faketime = ['x86_64', 'aarch64']
  .map(machine => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find(path => existsSync(path))

test
  .skipIf(!faketime)
  .concurrent(
    'a step of the clock gives two anchors in its segment and a line of its own (skipped without faketime)',
    { timeout: 60_000 },
    async () => {
      await using house = await openHouse({ cameras: ['h264'], segmentSeconds: 8 })
      const offset = join(house.folder, 'offset')
      writeFileSync(offset, '+0')
      await house.configure(house.channels)
      const recorder = await house.start({
        LD_PRELOAD: faketime!,
        FAKETIME_TIMESTAMP_FILE: offset,
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        FAKETIME_CACHE_DURATION: '1'
      })
      await until(() => house.status()?.state === 'recording')
      writeFileSync(offset, '+3600')
      await until(() => house.segments().length >= 1)
      await house.end(recorder)
      expect(house.journal().find(one => one.event === 'clockStepped')).toMatchObject({
        deltaMs: expect.closeTo(3600_000, -3)
      })
      const [segment] = house.segments()
      expect(segment?.anchors).toHaveLength(2)
      expect(segment!.anchors[1]!.utcMinusMediaMs - segment!.anchors[0]!.utcMinusMediaMs).toBeCloseTo(3600_000, -3)
      expect(segment!.endMs - segment!.startMs).toBeGreaterThan(3600_000)
      const errors = await house.errorsOf({ ...segment!, anchors: segment!.anchors.slice(0, 1) })
      expect(most(errors)).toBeLessThan(700)
    }
  )
