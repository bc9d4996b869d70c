import { setTimeout as sleep } from 'node:timers/promises'
import { createFleet } from '../fleet/fleet.ts'
import { childrenOf, cpuMs } from './proc.ts'
import type { Figure } from './table.ts'

const channels = 16
const windowMs = 60_000

/** What the recorder costs beside the ffmpegs that it supervises, at work. */
export const measureSupervision = async (): Promise<Figure[]> => {
  const fleet = await createFleet({ boxes: 1, cameras: channels, segmentSeconds: 60 })
  try {
    await fleet.settle(120_000)
    const recorder = fleet.boxes[0]!.recorder().pid
    const ffmpegs = childrenOf(recorder)
    await sleep(10_000)
    const before = { recorder: cpuMs(recorder), ffmpegs: ffmpegs.reduce((sum, pid) => sum + cpuMs(pid), 0) }
    await sleep(windowMs)
    const own = cpuMs(recorder) - before.recorder
    const theirs = ffmpegs.reduce((sum, pid) => sum + cpuMs(pid), 0) - before.ffmpegs
    return [
      {
        what: `supervision of ${ffmpegs.length} recorders, CPU`,
        against: 'the ffmpegs themselves',
        ratio: own / theirs,
        goal: 0.05,
        detail: `${own.toFixed(0)} ms beside ${theirs.toFixed(0)} ms in ${windowMs / 1000} s`
      }
    ]
  } finally {
    await fleet.stop()
  }
}
