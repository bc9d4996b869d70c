import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { framesPerSecond, loopFrames, readCounters } from '../cameras/media.ts'
import { footagePath, segmentsOf } from '../fleet/box_store.ts'
import { createFleet, type Fleet } from '../fleet/fleet.ts'
import { until } from '../fleet/until.ts'

const segmentSeconds = 4

/** Processes of ffmpeg that write into the folder of a channel. */
const writersOf = (channelId: string): number =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return command.startsWith('ffmpeg') && command.includes(`recordings/${channelId}/`)
      } catch {
        return false
      }
    }).length

/** Promise 5 (I9): whatever happens to the agent, recording goes on, and no channel ever has two recorders. */
describe('recording goes on without the agent', () => {
  let fleet: Fleet

  beforeAll(async () => {
    fleet = await createFleet({ boxes: 1, cameras: ['h264', 'h265', 'h264+aac', 'h264+g711'], segmentSeconds })
    await fleet.settle()
  })
  afterAll(async () => fleet?.stop())

  const box = () => fleet.boxes[0]!

  /** Three segments long, looking again and again at who writes. */
  const threeSegments = async (): Promise<void> => {
    const end = Date.now() + 3 * segmentSeconds * 1000
    await until('three segments have passed', 30_000, () => {
      for (const { channelId } of box().cameras) expect(writersOf(channelId)).toBe(1)
      return Date.now() >= end
    })
  }

  it('stopped by SIGSTOP, killed by -9, out of memory: every channel has every frame', async () => {
    await until('every channel has a segment', 60_000, () =>
      box().cameras.every(({ channelId }) => segmentsOf(box(), channelId).length > 0)
    )

    box().agent().kill('SIGSTOP')
    await threeSegments()
    box().agent().kill('SIGCONT')

    box().agent().kill('SIGKILL')
    await box().agent().ended
    await threeSegments()

    box().startAgent({ NODE_OPTIONS: '--max-old-space-size=8' })
    expect(await box().agent().ended).not.toBe(0)
    expect(readFileSync(box().agent().logFile, 'utf8')).toContain('heap out of memory')
    await threeSegments()

    box().startAgent()
    await fleet.settle()
    const reached = Date.now()
    await until('the table has caught up', 60_000, () =>
      box().cameras.every(({ channelId }) => segmentsOf(box(), channelId).at(-1)!.endMs >= reached)
    )

    for (const { channelId, name } of box().cameras) {
      const rows = segmentsOf(box(), channelId).filter(row => !row.torn)
      expect(new Set(rows.map(row => row.runId)).size, `${name} was recorded in one run`).toBe(1)
      const counters = (await Promise.all(rows.map(row => readCounters(footagePath(box(), row)))))
        .flat()
        .map(frame => frame.index!)
      const jumps = counters.slice(1).filter((index, i) => index !== (counters[i]! + 1) % loopFrames)
      expect(jumps, `${name} misses frames`).toEqual([])
      expect(counters.length).toBeGreaterThan(9 * segmentSeconds * framesPerSecond)
    }
  })
})
