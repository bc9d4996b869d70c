import type { Clock } from '@matthan/base/clock'
import type { Range } from '@matthan/protocol/scalars'
import type { Segments } from '../store/segments.ts'

/** Beyond the open segment's own length: closing, hashing and the journal take a moment. */
const slackMs = 8000
const pollMs = 500
const usualSegmentMs = 60_000

/**
 * When the range ends within footage that is being written, waits for the segment to close: at most one and a half
 * segments and some slack after the range's end. A range that ends further in the future is not waited for.
 */
export const waitForRange = async (options: {
  segments: Segments
  clock: Clock
  signal: AbortSignal
  range: Range
  channelIds: readonly string[]
  refresh(): Promise<unknown>
  isRecording(channelId: string): Promise<boolean>
}): Promise<void> => {
  const { segments, clock, signal, range, channelIds, refresh, isRecording } = options
  for (const channelId of channelIds) {
    const newest = segments.newest(channelId)
    const lengthMs = newest ? Math.min(newest.endMs - newest.startMs, 900_000) : usualSegmentMs
    const leftMs = range.toMs - clock.nowMs()
    if (leftMs > lengthMs + slackMs) continue
    // Older than any open segment can be: what is not closed by now never will be.
    if (leftMs < -(lengthMs * 2 + slackMs)) continue
    const untilMs = clock.monoMs() + Math.max(0, leftMs) + lengthMs * 1.5 + slackMs
    while ((segments.newest(channelId)?.endMs ?? 0) < range.toMs && clock.monoMs() < untilMs) {
      if (!(await isRecording(channelId))) break
      await clock.sleep(pollMs, signal)
      await refresh()
    }
  }
}
