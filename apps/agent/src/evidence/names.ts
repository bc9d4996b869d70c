import { extname } from 'node:path'
import { isoInstant } from '@matthan/base/clock'
import type { Segment } from '../store/segments.ts'

/**
 * `<channel8>_<yyyymmddThhmmssZ>_<index>.<mp4|mov>` for each segment: ASCII, sortable, unique among these. The *last*
 * eight digits of the channel: UUIDv7 ids made together begin alike.
 */
export const namesOf = (segments: readonly Segment[]): Map<string, string> => {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const segment of segments) {
    const instant = `${isoInstant(segment.startMs).slice(0, 19).replace(/[-:]/g, '')}Z`
    const stem = `${segment.channelId.slice(-8)}_${instant}_${String(segment.index).padStart(6, '0')}`
    let name = `${stem}${extname(segment.path)}`
    // Two runs within one second, or the same second twice after a step of the clock.
    for (let n = 2; taken.has(name); n++) name = `${stem}_${n}${extname(segment.path)}`
    taken.add(name)
    names.set(segment.segmentId, name)
  }
  return names
}
