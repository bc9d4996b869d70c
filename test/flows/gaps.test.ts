import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { segmentsOf } from '../fleet/box_store.ts'
import { cameraOf, pullClip, rootOf } from '../fleet/clip.ts'
import { createFleet, type Fleet } from '../fleet/fleet.ts'
import { checkSeal, checkSums, statementOf } from '../fleet/package_check.ts'
import { until } from '../fleet/until.ts'

/** Promise 4: what was not recorded is said, with its bounds and its cause. */
describe('a range with a hole', () => {
  let fleet: Fleet

  beforeAll(async () => {
    fleet = await createFleet({ boxes: 1, cameras: ['h264'], segmentSeconds: 4 })
    await fleet.settle()
  })
  afterAll(async () => fleet?.stop())

  const box = () => fleet.boxes[0]!
  const camera = () => cameraOf(box(), 0)
  const rows = () => segmentsOf(box(), camera().channelId)

  it('the clip says where the hole is and why', async () => {
    await until('two segments are closed', 60_000, () => rows().length >= 2)
    await fleet.cameras[0]!.command(0, { do: 'die' })
    const diedMs = Date.now()
    await until('the recorder has noticed', 60_000, async () =>
      (await box().ask<{ channels: { state: string }[] }>('status')).channels.every(one => one.state !== 'recording')
    )
    await until('the camera has been away for six seconds', 10_000, () => Date.now() - diedMs > 6000)
    await fleet.cameras[0]!.command(0, { do: 'revive' })
    const revivedMs = Date.now()
    await until(
      'two segments are closed after it',
      90_000,
      () => rows().filter(row => row.startMs > revivedMs).length >= 2
    )
    const after = rows().find(row => row.startMs > revivedMs)!

    const clip = await pullClip(fleet.centre, {
      viewpointId: camera().viewpointId,
      fromMs: rows()[0]!.startMs + 1000,
      toMs: after.endMs
    })
    expect(clip.state, JSON.stringify(clip.error)).toBe('ready')
    const statement = statementOf(clip.folder)
    expect(statement.complete).toBe(false)
    const hole = statement.gaps.find(gap => gap.toMs - gap.fromMs > 2000)!
    expect(hole.cause).toBe('camera')
    // Within a GOP of when the camera went and came.
    expect(Math.abs(hole.fromMs - diedMs)).toBeLessThan(3500)
    expect(hole.toMs).toBeGreaterThanOrEqual(revivedMs - 500)
    expect(Math.abs(hole.toMs - after.startMs)).toBeLessThan(500)
    checkSums(clip.folder)
    checkSeal(clip.folder, rootOf(fleet.centre))
  })

  it('a range in which nothing was recorded ends as "nothing recorded", signed, and not as a failure', async () => {
    const firstMs = rows()[0]!.startMs
    const clip = await pullClip(fleet.centre, {
      viewpointId: camera().viewpointId,
      fromMs: firstMs - 3600_000,
      toMs: firstMs - 3500_000
    })
    expect(clip.state).toBe('noFootage')
    expect(clip.error).toBeUndefined()
  })
})
