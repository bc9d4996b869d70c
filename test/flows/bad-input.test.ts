import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { uploadPath } from '@matthan/protocol/upload'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rssMb } from '../bench/proc.ts'
import { startOnvifDevice } from '../cameras/onvif_device.ts'
import type { Box } from '../fleet/box.ts'
import { cameraOf } from '../fleet/clip.ts'
import { createFleet, type Fleet } from '../fleet/fleet.ts'
import { ask, flood, papersOf } from '../fleet/stranger.ts'

const hour = 3600_000
const iso = (ms: number): string => new Date(ms).toISOString()

/** Promise 6: bad input is answered with a clear sentence, nothing is lost, and nobody else is disturbed. */
describe('bad input', () => {
  let fleet: Fleet
  let box: Box

  beforeAll(async () => {
    fleet = await createFleet({ boxes: 1, cameras: ['h264'], segmentSeconds: 4 })
    await fleet.settle()
    box = fleet.boxes[0]!
  })
  afterAll(async () => fleet?.stop())

  const request = (viewpoint: string, fromMs: number, toMs: number) =>
    fleet.centre.cli([
      'clip',
      'request',
      '--viewpoint',
      viewpoint,
      '--from',
      iso(fromMs),
      '--to',
      iso(toMs),
      '--reason',
      'Thử',
      '--by',
      'test'
    ])
  const clips = async () => (await fleet.centre.ask<unknown[]>('clip', 'list')).length
  const stillWell = () => fleet.settle(30_000)

  it('a range that ends before it starts, a range of a year, a day that is to come and a viewpoint that is not there', async () => {
    const now = Date.now()
    const known = cameraOf(box, 0).viewpointId
    const before = await clips()
    for (const [viewpoint, from, to] of [
      [known, now - hour, now - 2 * hour],
      [known, now - 365 * 24 * hour, now],
      [known, now + 24 * hour, now + 25 * hour],
      ['0193563e-1c00-7000-8000-0000000000ff', now - hour, now]
    ] as const) {
      const answer = await request(viewpoint, from, to)
      expect(answer.code, answer.out).toBeGreaterThan(0)
      expect(answer.err).toMatch(/→/)
      expect(answer.err).not.toMatch(/internal|Lỗi bên trong/i)
    }
    expect(await clips()).toBe(before)
    await stillWell()
  })

  it('a name with ../ and with Vietnamese marks in NFD is a label and nothing else', async () => {
    const name = `../../../etc/Đường Trần Phú`.normalize('NFD')
    const camera = await box.addCamera(fleet.cameras[0]!.cameras[0]!, name)
    const { cameras } = await box.ask<{ cameras: { channelId: string; name: string }[] }>('camera', 'list')
    expect(cameras.find(one => one.channelId === camera.channelId)!.name).toBe(name.normalize('NFC'))
    await stillWell()
  })

  it('a frame of 100 MB before CONNECT is cut off early and costs no memory', async () => {
    const pid = fleet.centre.program().pid
    const before = rssMb(pid)
    const connect = Buffer.concat([Buffer.from([0x10, 0xff, 0xff, 0xff, 0x2f]), Buffer.alloc(64 * 1024)])
    const taken = await flood(fleet.centre.addresses.mqtt, papersOf(box), connect, 100e6)
    expect(taken).toBeLessThan(20e6)
    expect(rssMb(pid) - before).toBeLessThan(50)
    await stillWell()
  })

  it('an upload of 9e15 bytes and one without an order are refused', async () => {
    const papers = papersOf(box)
    const create = (length: string, metadata: string) =>
      ask(`${fleet.centre.addresses.device}${uploadPath}`, {
        method: 'POST',
        papers,
        headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': length, 'Upload-Metadata': metadata }
      })
    const b64 = (text: string) => Buffer.from(text).toString('base64')
    const metadata = `orderId ${b64('0193563e-1c00-7000-8000-0000000000aa')},name ${b64('acquisition.json')}`
    for (const [length, meta] of [
      ['9000000000000000', metadata],
      ['100', metadata],
      ['100', ''],
      ['-1', metadata]
    ] as const) {
      const { status } = await create(length, meta)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
    }
    await stillWell()
  })

  for (const mode of ['slowDrip', 'huge'] as const) {
    it(`an ONVIF camera that answers ${mode === 'huge' ? 'with 50 MB' : 'drop by drop'} ends in a sentence, in time, and recording goes on`, async () => {
      const device = await startOnvifDevice({
        mode,
        userName: 'admin',
        password: 'x',
        streams: [{ token: 'p1', url: fleet.cameras[0]!.cameras[0]!.url }]
      })
      try {
        const began = performance.now()
        const answer = await box.cli(
          ['camera', 'probe', device.url, '--user', 'admin', '--password-file', '-', '--json'],
          {
            input: 'x\n',
            timeoutMs: 60_000
          }
        )
        expect(answer.code).toBeGreaterThan(0)
        expect(answer.err).toMatch(/→/)
        expect(answer.err).not.toMatch(/internal|Lỗi bên trong/i)
        expect(performance.now() - began).toBeLessThan(30_000)
      } finally {
        await device.stop()
      }
      await stillWell()
    })
  }

  it('no password of a camera stands in an argument, a log or an answer', async () => {
    const { password } = fleet.cameras[0]!.cameras[0]!
    const status = await box.cli(['status', '--json'])
    const list = await box.cli(['camera', 'list', '--json'])
    const texts = [
      status.out,
      list.out,
      readFileSync(box.agent().logFile, 'utf8'),
      readFileSync(box.recorder().logFile, 'utf8'),
      readFileSync(join(fleet.stage.folder, 'centre.log'), 'utf8')
    ]
    for (const text of texts)
      for (const form of [password, encodeURIComponent(password)]) expect(text).not.toContain(form)
  })
})
