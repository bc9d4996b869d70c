import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectLocal } from '@matthan/control/cli/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Box } from '../fleet/box.ts'
import { segmentsOf } from '../fleet/box_store.ts'
import { cameraOf, pullClip } from '../fleet/clip.ts'
import { createFleet, type Fleet } from '../fleet/fleet.ts'
import { until } from '../fleet/until.ts'

/** Orders reach the box, are done once, and their results come back, whoever is away meanwhile. */
describe('orders to a box', () => {
  let fleet: Fleet
  let box: Box

  beforeAll(async () => {
    fleet = await createFleet({ boxes: 1, cameras: ['h264'], segmentSeconds: 4 })
    await fleet.settle()
    box = fleet.boxes[0]!
  })
  afterAll(async () => fleet?.stop())

  const api = () => connectLocal(fleet.centre.folder)
  const wish = { reason: 'Thử nghiệm', requestedBy: 'test' }
  const ended = async (orderId: string) => {
    let order = (await api().order.list.query({ box: box.boxId })).find(one => one.orderId === orderId)
    await until('the order has ended', 45_000, async () => {
      order = (await api().order.list.query({ box: box.boxId })).find(one => one.orderId === orderId)
      return order?.endedMs !== undefined || `${order?.state}`
    })
    return order!
  }

  it('a picture of now arrives in the vault under its digest', async () => {
    const { orderId } = await api().snapshot.take.mutate({ viewpoint: cameraOf(box, 0).viewpointId, ...wish })
    const order = await ended(orderId)
    expect(order.state, JSON.stringify(order.error)).toBe('succeeded')
    const { sha256, bytes } = order.output as { sha256: string; bytes: number }
    const picture = readFileSync(join(fleet.centre.folder, 'vault/objects', sha256.slice(0, 2), sha256))
    expect(picture.length).toBe(bytes)
    expect(picture.subarray(0, 3).toString('hex')).toBe('ffd8ff')
  })

  it('a camera is asked who it is, over the same way', async () => {
    const { orderId } = await api().camera.probe.mutate({ viewpoint: cameraOf(box, 0).viewpointId, ...wish })
    const order = await ended(orderId)
    expect(order.state, JSON.stringify(order.error)).toBe('succeeded')
    expect((order.output as { streams: { videoCodec: string }[] }).streams[0]!.videoCodec).toBe('h264')
  })

  it('a clip asked while the box is away waits without failing, and arrives when the box is back', async () => {
    await until('a segment is closed', 60_000, () => segmentsOf(box).length >= 2)
    const row = segmentsOf(box).at(-1)!
    await box.agent().stop()
    const states = new Set<string>()
    const pulled = pullClip(fleet.centre, {
      viewpointId: cameraOf(box, 0).viewpointId,
      fromMs: row.startMs,
      toMs: row.endMs,
      seen: clip => void states.add(clip.state)
    })
    await until('the clip waits for the box', 30_000, () => states.has('waitingForBox') || [...states].join(' '))
    box.startAgent()
    expect((await pulled).state).toBe('ready')
    expect(states.has('failed')).toBe(false)
  })

  it('what happened while the centre was away is told afterwards, with the time when it happened', async () => {
    await fleet.centre.stop()
    const diedMs = Date.now()
    await fleet.cameras[0]!.command(0, { do: 'die' })
    await until('the box has seen it', 60_000, async () => {
      const { conditions } = await box.ask<{ conditions: { code: string }[] }>('status')
      return conditions.some(one => one.code === 'cameraUnreachable' || one.code === 'recordingStopped')
    })
    await fleet.centre.start()
    const backMs = Date.now()
    let told: { code: string; sinceMs: number }[] = []
    await until('the centre knows', 60_000, async () => {
      told = await api().health.list.query({ box: box.boxId })
      return told.some(one => one.code === 'cameraUnreachable' || one.code === 'recordingStopped')
    })
    const since = told.find(one => one.code === 'cameraUnreachable' || one.code === 'recordingStopped')!.sinceMs
    expect(since).toBeGreaterThan(diedMs - 10_000)
    expect(since).toBeLessThan(backMs)

    await fleet.cameras[0]!.command(0, { do: 'revive' })
    await until(
      'the condition ends',
      90_000,
      async () =>
        !(await api().health.list.query({ box: box.boxId })).some(
          one => one.code === 'cameraUnreachable' || one.code === 'recordingStopped'
        )
    )
  })

  it('a check of the centre finds every invariant kept', async () => {
    const answer = await fleet.centre.cli(['check', '--json'])
    expect(answer.code, answer.out + answer.err).toBe(0)
  })
})
