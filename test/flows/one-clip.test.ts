import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { frameHashes } from '@matthan/media/framehash'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { childrenOf } from '../bench/proc.ts'
import { type BoxClock, makeBoxClock } from '../fleet/box_clock.ts'
import { footagePath, segmentsOf } from '../fleet/box_store.ts'
import { cameraOf, pullClip, rootOf } from '../fleet/clip.ts'
import { createFleet, type Fleet } from '../fleet/fleet.ts'
import { errorAt, frameTruth } from '../fleet/frame_truth.ts'
import { checkSeal, checkSums, statementOf } from '../fleet/package_check.ts'
import { until } from '../fleet/until.ts'

const listOf = (file: string, codec: string): Promise<string[]> =>
  Array.fromAsync(frameHashes(file, { codec, signal: AbortSignal.timeout(30_000) }))

/** Promise 1: one clip, from a camera's picture to a package that verifies. */
describe('one clip', () => {
  let fleet: Fleet
  let clock: BoxClock

  beforeAll(async () => {
    clock = makeBoxClock()
    fleet = await createFleet({ boxes: 1, cameras: ['h264', 'h265'], segmentSeconds: 4, boxEnv: clock.env })
    await fleet.settle()
  })
  afterAll(async () => fleet?.stop())

  const box = () => fleet.boxes[0]!
  const closed = (camera: number) => segmentsOf(box(), cameraOf(box(), camera).channelId)
  const untilClosed = (camera: number, count: number, since = 0) =>
    until(
      `${count} segments are closed`,
      60_000,
      () => closed(camera).filter(row => row.startMs >= since).length >= count
    )
  const middle = (row: { startMs: number; endMs: number }) => Math.round((row.startMs + row.endMs) / 2)

  for (const [camera, codec] of ['h264', 'h265'].entries()) {
    it(`a clip of ${codec} that begins in the middle of a segment and spans three arrives whole, and ordinary tools agree`, async () => {
      // The first segment of a run may begin with pictures that nobody can decode: the recorder joined between two key frames.
      await untilClosed(camera, 4)
      const [first, , third] = closed(camera).slice(-3)
      const asked = { fromMs: middle(first!), toMs: middle(third!) }
      const clip = await pullClip(fleet.centre, { viewpointId: cameraOf(box(), camera).viewpointId, ...asked })
      expect(clip.state, JSON.stringify(clip.error)).toBe('ready')

      const statement = statementOf(clip.folder)
      expect(statement.complete).toBe(true)
      expect(statement.segments).toHaveLength(3)
      const rows = new Map(segmentsOf(box()).map(row => [row.segmentId, row]))
      for (const { name, segmentId } of statement.segments) {
        const onBox = readFileSync(footagePath(box(), rows.get(segmentId)!))
        expect(onBox.equals(readFileSync(join(clip.folder, 'data/original', name)))).toBe(true)
      }

      checkSums(clip.folder)
      checkSeal(clip.folder, rootOf(fleet.centre))
      const verified = await fleet.centre.cli(['clip', 'verify', clip.folder, '--ca', rootOf(fleet.centre), '--json'])
      expect(verified.code, verified.err + verified.out).toBe(0)

      const evidence = JSON.parse(readFileSync(join(clip.folder, 'data/metadata/evidence.json'), 'utf8'))
      for (const part of evidence.playable) {
        const originals: string[] = []
        for (const name of part.derivedFrom) originals.push(...(await listOf(join(clip.folder, name), part.codec)))
        const wanted = originals.slice(part.firstLine - 1, part.firstLine - 1 + part.frames)
        expect(await listOf(join(clip.folder, part.path), part.codec)).toEqual(wanted)
      }

      const frames = await frameTruth(clip.folder, await fleet.cameras[0]!.sent(camera))
      expect(errorAt(frames, asked.fromMs)).toBeLessThan(500)
      expect(Math.max(...frames.map(frame => Math.abs(frame.errorMs)))).toBeLessThan(500)
    })
  }

  it('the frame of an asked instant is within half a second also after ffmpeg was started again', async () => {
    const before = new Set(closed(0).map(row => row.runId))
    for (const pid of childrenOf(box().recorder().pid)) process.kill(pid, 'SIGKILL')
    await until(
      'a new run has closed two segments',
      60_000,
      () => closed(0).filter(row => !before.has(row.runId) && !row.torn).length >= 2
    )
    const row = closed(0).filter(one => !before.has(one.runId) && !one.torn)[1]!
    const clip = await pullClip(fleet.centre, {
      viewpointId: cameraOf(box(), 0).viewpointId,
      fromMs: middle(row),
      toMs: row.endMs
    })
    expect(clip.state, JSON.stringify(clip.error)).toBe('ready')
    expect(errorAt(await frameTruth(clip.folder, await fleet.cameras[0]!.sent(0)), middle(row))).toBeLessThan(500)
  })

  it('and also after the clock of the box was set back by an hour', async () => {
    await untilClosed(0, 1)
    const firstMs = closed(0)[0]!.startMs
    clock.step(-3600)
    const after = () => closed(0).filter(row => row.startMs < firstMs && row.endMs < firstMs)
    await until('two segments are closed after the step', 40_000, () => after().length >= 2)
    const row = after()[1]!
    const clip = await pullClip(fleet.centre, {
      viewpointId: cameraOf(box(), 0).viewpointId,
      fromMs: middle(row),
      toMs: row.endMs
    })
    expect(clip.state, JSON.stringify(clip.error)).toBe('ready')
    expect(
      errorAt(await frameTruth(clip.folder, await fleet.cameras[0]!.sent(0), -3600_000), middle(row))
    ).toBeLessThan(500)
  })
})
