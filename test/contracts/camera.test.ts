import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAddress } from '@matthan/agent/camera/address'
import { anyCamera, type CameraSource } from '@matthan/agent/camera/camera'
import { onvifCamera } from '@matthan/agent/camera/onvif'
import { rtspCamera } from '@matthan/agent/camera/rtsp'
import { jpegSize, takeSnapshot } from '@matthan/agent/camera/snapshot'
import { fromUnknown } from '@matthan/base/error'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cameras, startCameras } from '../cameras/cameras.ts'
import { readCounters } from '../cameras/media.ts'
import type { OnvifStream } from '../cameras/onvif_answers.ts'
import { type OnvifDevice, type OnvifDeviceOptions, startOnvifDevice } from '../cameras/onvif_device.ts'
import { type CameraUnderTest, cameraContract } from './camera.ts'

const account = { userName: 'quản <trị> & "viên"', password: 'Mật#khẩu:9/@' }
const onvif = onvifCamera({ mainFile: new URL('../cameras/rooms_main.ts', import.meta.url) })

let folder: string
let cameras: Cameras
let device: OnvifDevice
let silentRtsp: Server
const held = new Set<Socket>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camera-port-'))
  cameras = await startCameras({ cameras: ['h264', 'h265'], folder, password: account.password })
  device = await startOnvifDevice({ streams: streams(), ...account })
  silentRtsp = createServer(socket => held.add(socket.on('error', () => {})))
  await new Promise<void>(resolve => silentRtsp.listen(0, '127.0.0.1', resolve))
}, 120_000)

afterAll(async () => {
  for (const socket of held) socket.destroy()
  silentRtsp.close()
  await device.stop()
  await cameras.stop()
  await rm(folder, { recursive: true })
})

const streams = (): OnvifStream[] => [
  { token: 'main', url: cameras.cameras[0]!.url, audio: 'AAC' },
  { token: 'sub', url: cameras.cameras[1]!.url, encoding: 'H265' }
]
const found = (index: number, codec: string) => ({ url: cameras.cameras[index]!.url, codec, width: 640, height: 360 })
const port = (server: Server) => (server.address() as { port: number }).port

describe('the camera port over RTSP', () => {
  cameraContract((): CameraUnderTest => {
    const camera = cameras.cameras[0]!
    return {
      source: rtspCamera,
      address: parseAddress(camera.url),
      credential: { userName: camera.userName, password: camera.password },
      streams: [found(0, 'h264')],
      nobody: parseAddress('rtsp://127.0.0.1:9/cam1'),
      silent: parseAddress(`rtsp://127.0.0.1:${port(silentRtsp)}/cam1`)
    }
  })

  test('measures H.265 and its frame rate', async () => {
    const { url, userName, password } = cameras.cameras[1]!
    const facts = await rtspCamera.probe(parseAddress(url), { userName, password }, { deadlineMs: 15_000 })
    expect(facts.streams[0]).toMatchObject({ codec: 'hevc', fps: 15 })
  }, 20_000)

  test('a wrong path is no such stream', async () => {
    const { url, userName, password } = cameras.cameras[1]!
    const probe = rtspCamera.probe(parseAddress(`${url}x`), { userName, password }, { deadlineMs: 15_000 })
    await expect(probe).rejects.toMatchObject({ kind: 'notFound', key: 'camera.noSuchStream' })
  }, 20_000)

  test('a snapshot is one JPEG of the picture now', async () => {
    const { url, userName, password } = cameras.cameras[0]!
    const snapshot = await takeSnapshot(parseAddress(url), { userName, password }, { deadlineMs: 15_000 })
    expect(snapshot).toMatchObject({ width: 640, height: 360 })
    const file = join(folder, 'snapshot.jpg')
    await writeFile(file, snapshot.jpeg)
    const [picture] = await readCounters(file)
    const sent = (await cameras.sent(0)).findLast(frame => frame.index === picture!.index)
    expect(Date.now() - sent!.realtimeMs).toBeLessThan(10_000)
    expect(jpegSize(snapshot.jpeg.subarray(0, 100))).toBeUndefined()
    const refused = takeSnapshot(parseAddress(url), { userName, password: 'x' }, { deadlineMs: 15_000 })
    await expect(refused).rejects.toMatchObject({ key: 'camera.signInRefused' })
  }, 20_000)
})

describe('the camera port over ONVIF', () => {
  cameraContract((): CameraUnderTest => {
    return {
      source: anyCamera({ onvif, rtsp: rtspCamera }),
      address: parseAddress(device.url),
      credential: account,
      streams: [found(0, 'h264'), found(1, 'hevc')],
      nobody: parseAddress('onvif://127.0.0.1:9'),
      silent: parseAddress(`onvif://127.0.0.1:${port(silentRtsp)}`)
    }
  })

  const probe = (at: OnvifDevice, deadlineMs = 10_000, source: CameraSource = onvif) =>
    source.probe(parseAddress(at.url), account, { deadlineMs })

  const withDevice = async <T>(options: Partial<OnvifDeviceOptions>, use: (at: OnvifDevice) => Promise<T>) => {
    await using evil = await startOnvifDevice({ streams: streams(), ...account, ...options })
    return await use(evil)
  }

  test('identity, frame rate and sound are read', async () => {
    const facts = await probe(device)
    expect(facts.identity).toEqual(device.identity)
    expect(facts.streams[0]).toMatchObject({ token: 'main', name: 'main', fps: 15, audioCodec: 'aac' })
    expect(facts.warnings).toEqual([])
  }, 20_000)

  test.each([0, -3_600_000, 40 * 86_400_000])(
    'a clock that is %i ms off is measured, and signing in still works',
    async offset => {
      const { clock } = await withDevice({ clockOffsetMs: offset }, at => probe(at))
      expect(Math.abs(clock!.offsetMs - offset)).toBeLessThanOrEqual(clock!.uncertaintyMs)
      expect(clock!.uncertaintyMs).toBeLessThan(1000)
    },
    20_000
  )

  test.each(['2027-01-31T23:59:58Z', '2026-02-28T10:00:00Z', '2028-02-29T00:00:00Z', '1970-01-01T00:00:10Z'])(
    'the last day of a month is read as it is: %s',
    async instant => {
      const { clock } = await withDevice({ clock: new Date(instant) }, at => probe(at))
      expect(clock).toMatchObject({ rawUtc: instant.slice(0, 19), timeZone: 'ICT-7', dateTimeType: 'NTP' })
      expect(Math.abs(clock!.offsetMs - (Date.parse(instant) - Date.now()))).toBeLessThan(5000)
    },
    20_000
  )

  test('profiles that lack RateControl, Bounds or an encoder are found like any other', async () => {
    const lacking = (['rateControl', 'bounds', 'encoder'] as const).map(without => ({
      token: `without <${without}>`,
      url: cameras.cameras[0]!.url,
      without
    }))
    const facts = await withDevice({ streams: lacking }, at => probe(at))
    expect(facts.streams.map(({ token, codec, width }) => [token, codec, width])).toEqual([
      ['without <rateControl>', 'h264', 640],
      ['without <bounds>', 'h264', 640],
      ['without <encoder>', 'unknown', 640]
    ])
  }, 20_000)

  test('a profile that comes twice is one stream', async () => {
    expect((await withDevice({ mode: 'duplicates' }, at => probe(at))).streams).toHaveLength(2)
  }, 20_000)

  test('a sign-in inside a stream address is taken out', async () => {
    const { url, urlWithPassword } = cameras.cameras[0]!
    const facts = await withDevice({ streams: [{ token: 'a', url: urlWithPassword }] }, at => probe(at))
    expect(facts.streams[0]!.rtspUrl).toBe(url)
  }, 20_000)

  test('a stream on another host is left out with a warning', async () => {
    const both = [...streams(), { token: 'far', url: 'rtsp://127.66.6.6/cam' }]
    const facts = await withDevice({ streams: both }, at => probe(at))
    expect(facts.streams).toHaveLength(2)
    expect(facts.warnings).toEqual([{ key: 'camera.streamElsewhere', params: { token: 'far', other: '127.66.6.6' } }])
  }, 20_000)

  test.each([
    ['slowDrip', 'unreachable', 'camera.tooSlow'],
    ['huge', 'exhausted', 'camera.tooLarge'],
    ['nested', 'exhausted', 'camera.tooDeep'],
    ['fault', 'notFound', 'camera.fault'],
    ['empty', 'notFound', 'camera.notOnvif'],
    ['webPage', 'notFound', 'camera.notOnvif'],
    ['foreignService', 'refused', 'camera.foreignAddress'],
    ['foreignStream', 'refused', 'camera.foreignAddress'],
    ['badToken', 'notFound', 'camera.noStreams'],
    ['cutOff', 'unreachable', 'camera.cutOff']
  ] as const)(
    '%s: a clear error within the deadline, and the main thread goes on',
    async (mode, kind, key) => {
      let longestMs = 0
      let last = performance.now()
      const pulse = setInterval(() => {
        longestMs = Math.max(longestMs, performance.now() - last)
        last = performance.now()
      }, 10)
      const memory = process.memoryUsage().rss
      const started = performance.now()
      const error = await withDevice({ mode }, at => probe(at, 4000).then(() => undefined, fromUnknown))
      clearInterval(pulse)
      expect(error).toMatchObject({ kind, key })
      expect(error!.hint).not.toBe('')
      expect(error!.message).not.toMatch(/\[object|undefined|\{/)
      expect(performance.now() - started).toBeLessThan(6000)
      expect(longestMs).toBeLessThan(400)
      expect(process.memoryUsage().rss - memory).toBeLessThan(200 << 20)
    },
    20_000
  )

  test('a fault is told in the words of the camera', async () => {
    const error = await withDevice({ mode: 'fault' }, at => probe(at).then(() => undefined, fromUnknown))
    expect(error!.message).toContain('The camera has no wish to answer')
  }, 20_000)

  const recorded = join(import.meta.dirname, '../../../shared/data/onvif')
  describe.skipIf(!existsSync(recorded))('answers of real devices (skipped where ../shared/data is absent)', () => {
    test.each([
      ['onvif_simple_server', 'Yi', 2],
      ['onvif_srvd_gsoap', 'Koyn', 1]
    ])(
      '%s is understood',
      async (name, manufacturer, count) => {
        let here = ''
        const replay = (operation: string) => {
          const path = join(recorded, name, `${operation}.200.xml`)
          if (!existsSync(path)) return undefined
          const body = readFileSync(path, 'utf8')
            .replace(/http:\/\/[\d.]+(:\d+)?(?=\/onvif|<)/g, here)
            .replace(/rtsp:\/\/[\d.]+/g, 'rtsp://127.0.0.1')
          return { status: 200, body }
        }
        const facts = await withDevice({ replay }, at => {
          here = new URL(at.url).origin
          return probe(at)
        })
        expect(facts).toMatchObject({ kind: 'onvif', identity: { manufacturer } })
        expect(facts.streams).toHaveLength(count)
      },
      20_000
    )
  })
})
