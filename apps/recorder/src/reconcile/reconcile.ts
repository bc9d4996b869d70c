import { closeSync, fstatSync, openSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@matthan/base/clock'
import { writeDurably } from '@matthan/base/files'
import { isId } from '@matthan/base/id'
import type { Log } from '@matthan/base/log'
import { readFragments } from '@matthan/media/fragments'
import type { GapCause, SegmentClosed } from '@matthan/protocol/recording'
import { findRun, type Journal } from '../journal/journal.ts'
import type { Layout } from '../layout.ts'
import { baseOf, closeSegment } from '../segments/close.ts'
import { addFragment, type SeenSegment } from '../segments/follow.ts'
import { readsAt } from '../segments/open_file.ts'
import { discardEmptyRun, discardSegment, segmentFile } from '../segments/run_folder.ts'
import { findListed } from '../segments/segment_list.ts'

export type Reconciliation = {
  layout: Layout
  journal: Journal
  clock: Clock
  log: Log
  bootId: string
  synchronised(): boolean
}

/**
 * Brings the journal up to what lies on disk, after a recorder that did not end properly: each closed or torn
 * segment of an unended run gets its line, the run gets its end.
 * @returns why the channels whose last run was unended were not recording.
 */
export const reconcile = async (around: Reconciliation): Promise<Map<string, GapCause>> => {
  const { layout, log } = around
  const causes = new Map<string, GapCause>()
  for (const channelId of (await readdir(layout.recordings)).filter(isId)) {
    for (const name of (await readdir(layout.channelFolder(channelId))).sort()) {
      const runId = /^run-(.+)$/.exec(name)?.[1]
      if (!runId || !isId(runId)) continue
      try {
        const cause = await reconcileRun(around, channelId, runId)
        if (cause) causes.set(channelId, cause)
        else causes.delete(channelId)
      } catch (error) {
        log.error({ channelId, runId, error }, 'run not reconciled')
      }
    }
  }
  return causes
}

const reconcileRun = async (
  around: Reconciliation,
  channelId: string,
  runId: string
): Promise<GapCause | undefined> => {
  const { layout, journal, clock, log, bootId } = around
  const folder = layout.runFolder(channelId, runId)
  const names = await readdir(folder)
  if (names.includes('ended.json')) return undefined

  const begun = await readBegin(folder)
  const cause = begun.bootId === bootId ? 'recorder' : 'power'
  const known = await findRun(layout.journal, runId)
  const missing = names
    .filter(name => segmentFile.test(name) && Number.parseInt(name, 10) > (known.lastSegment?.index ?? -1))
    .sort()
  const lines = await surveyRun(around, { channelId, runId, folder, missing, last: known.lastSegment, begun })
  if (!known.started && lines.length === 0) {
    await discardEmptyRun(folder)
    return cause
  }
  if (!known.started) {
    const atMs = Math.min(begun.startedMs, lines[0]?.startMs ?? begun.startedMs)
    await journal.append({ event: 'runStarted', channelId, runId, atMs, bootId: begun.bootId, cause: 'unknown' })
  }
  for (const line of lines) await journal.append(line)
  const atMs = (lines.at(-1) ?? known.lastSegment)?.endMs ?? clock.nowMs()
  const detail = cause === 'power' ? 'the machine was started again' : 'the recorder ended without closing the run'
  if (!known.ended) await journal.append({ event: 'runEnded', channelId, runId, atMs, cause, detail })
  await writeDurably(join(folder, 'ended.json'), JSON.stringify({ atMs, cause }))
  log.warn({ channelId, runId, cause, segments: lines.length }, 'run reconciled')
  return cause
}

type Begin = { bootId: string; startedMs: number }

const readBegin = async (folder: string): Promise<Begin> => {
  try {
    const { bootId, startedMs } = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))
    if (typeof bootId === 'string' && Number.isInteger(startedMs)) return { bootId: bootId.slice(0, 40), startedMs }
  } catch {
    // A power cut may have come before it was written.
  }
  return { bootId: 'unknown', startedMs: 0 }
}

type Survey = {
  channelId: string
  runId: string
  folder: string
  missing: string[]
  last: SegmentClosed | undefined
  begun: Begin
}
type Surveyed = { segment: SeenSegment; baseMs: number; utcMinusMediaMs: number }

/** The lines of the segments that the journal lacks. */
const surveyRun = async (around: Reconciliation, survey: Survey): Promise<SegmentClosed[]> => {
  const { channelId, runId, folder, missing, last, begun } = survey
  const found: Surveyed[] = []
  let previousEndMs = last?.mediaEndMs ?? 0
  for (const name of missing) {
    const fd = openSync(join(folder, name), 'r')
    const { size, mtimeMs } = fstatSync(fd)
    const segment = await readSegment(name, fd, size)
    if (!segment) {
      await discardSegment(folder, { name, fd })
      continue
    }
    const baseMs = baseOf(segment, findListed(folder, name), previousEndMs)
    previousEndMs = baseMs + segment.endMs
    // The last write of a file is its last fragment, by the box's own clock; what the writer wrote then was
    // everything up to the fragment's end and one frame more.
    const frameMs = segment.endMs / Math.max(1, segment.frames)
    found.push({ segment, baseMs, utcMinusMediaMs: mtimeMs - previousEndMs - frameMs })
  }

  const anchor = bestAnchor(found, last)
  const lines: SegmentClosed[] = []
  for (const { segment, baseMs } of found) {
    const anchors = [{ fromMediaMs: baseMs, utcMinusMediaMs: anchor }]
    const synchronised = around.synchronised() && begun.bootId === around.bootId
    const { bootId } = begun
    lines.push(await closeSegment({ segment, channelId, runId, folder, baseMs, anchors, synchronised, bootId }))
    closeSync(segment.fd)
  }
  return lines
}

/** Delays only add, so the smallest is the best; but one far from what the journal has is another clock's. */
const bestAnchor = (found: readonly Surveyed[], last: SegmentClosed | undefined): number => {
  // The very last file may have ended by a signal, without waiting for a key frame.
  const judged = found.length > 1 ? found.slice(0, -1) : found
  const own = Math.min(...judged.map(one => one.utcMinusMediaMs))
  const journalled = last?.anchors.at(-1)?.utcMinusMediaMs
  if (journalled === undefined) return own
  return Math.abs(own - journalled) < mostDisagreementMs || found.length === 0 ? Math.min(own, journalled) : own
}
const mostDisagreementMs = 5000

const readSegment = async (name: string, fd: number, size: number): Promise<SeenSegment | undefined> => {
  const segment: SeenSegment = {
    index: Number.parseInt(name, 10),
    name,
    fd,
    init: undefined,
    fragments: 0,
    frames: 0,
    firstMs: 0,
    endMs: 0,
    fragmentBytes: 0,
    arrivals: [],
    closed: false
  }
  const { init, fragments, tail } = await readFragments(readsAt(fd), size).catch(() => ({
    init: undefined,
    fragments: [],
    tail: 'damaged' as const
  }))
  segment.init = init
  segment.closed = tail === 'closed'
  for (const one of fragments) addFragment(segment, one)
  return segment.fragments > 0 ? segment : undefined
}
