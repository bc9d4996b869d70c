import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '@matthan/base/log'
import type { Segment, Segments } from '../store/segments.ts'
import { goneSpans } from './spans.ts'

const pageRows = 500

/**
 * Compares each row with the disk (I1): a row whose file is gone or has another size goes, and is told. Runs in
 * pages beside everything else; deletions that a crash cut short are not its business, retention ends them.
 */
export const reconcile = async (options: {
  folder: string
  segments: Segments
  signal: AbortSignal
  log: Log
  lost(segment: Segment, reason: string): void
}): Promise<{ checked: number; lost: number }> => {
  const { folder, segments, signal, log, lost } = options
  let after = 0
  let checked = 0
  let gone = 0
  // A mount that is not there would look like everything lost.
  if (!(await lstat(join(folder, 'recordings')).catch(() => undefined))) return { checked: 0, lost: 0 }
  while (!signal.aborted) {
    const page = segments.page(after, pageRows)
    for (const { row, segment } of page) {
      after = row
      checked++
      const stat = await lstat(join(folder, segment.path)).catch(error => (error.code === 'ENOENT' ? null : undefined))
      if (stat === undefined || (stat?.isFile() && stat.size === segment.bytes)) continue
      // Retention may have taken it since the page was read.
      if (!segments.get(segment.segmentId)) continue
      segments.removeLost.immediate(segment.segmentId, goneSpans([segment], 'unknown'))
      gone++
      lost(segment, stat === null ? 'no such file' : 'other size')
    }
    if (page.length < pageRows) break
  }
  if (gone > 0) log.warn({ checked, lost: gone }, 'footage lost')
  return { checked, lost: gone }
}
