import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SentFrame } from '../cameras/cameras.ts'
import { readCounters } from '../cameras/media.ts'

/** One delivered frame: when the package says it was, and when the camera really sent it, by the machine's clock. */
export type TrueFrame = { saidMs: number; sentMs: number; errorMs: number }

type Playable = { path: string; firstFrameUtcMs: number }

/** The playable copies of a package, as evidence.json lists them. */
export const playablesOf = (folder: string): Playable[] => {
  const evidence = JSON.parse(readFileSync(join(folder, 'data/metadata/evidence.json'), 'utf8')) as {
    playable: { path: string; firstFrameMs: number }[]
  }
  return evidence.playable.map(one => ({ path: join(folder, one.path), firstFrameUtcMs: one.firstFrameMs }))
}

/**
 * Compares every frame of the playable copies with the camera's own log by the counter in its picture.
 * @param boxOffsetMs how far the box's clock was off when it recorded (steps in tests).
 */
export const frameTruth = async (folder: string, sent: SentFrame[], boxOffsetMs = 0): Promise<TrueFrame[]> => {
  const byIndex = Map.groupBy(sent, frame => frame.index)
  const all: TrueFrame[] = []
  for (const { path, firstFrameUtcMs } of playablesOf(folder)) {
    const frames = await readCounters(path)
    const [first] = frames
    for (const { index, ptsMs } of frames) {
      if (index === undefined) throw new Error(`a frame of ${path} carries no counter`)
      const saidMs = firstFrameUtcMs + ptsMs - first!.ptsMs
      // The loop shows each number again after a minute: the nearest sending is meant.
      const times = (byIndex.get(index) ?? []).map(one => one.realtimeMs + boxOffsetMs)
      const sentMs = times.toSorted((a, b) => Math.abs(a - saidMs) - Math.abs(b - saidMs))[0]
      if (sentMs === undefined) throw new Error(`frame ${index} of ${path} was never sent`)
      all.push({ saidMs, sentMs, errorMs: saidMs - sentMs })
    }
  }
  return all
}

/** How far the frame shown for an asked instant is from when it was sent. */
export const errorAt = (frames: TrueFrame[], askedMs: number): number => {
  const shown = frames.toSorted((a, b) => Math.abs(a.saidMs - askedMs) - Math.abs(b.saidMs - askedMs))[0]
  return shown ? Math.abs(shown.sentMs - askedMs) : Number.POSITIVE_INFINITY
}
