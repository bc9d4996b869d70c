import { watch } from 'node:fs'
import { lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'
import { readMessage } from '@matthan/protocol/read'
import { JournalLine } from '@matthan/protocol/recording'
import type { Store } from '@matthan/sqlite/open'
import type { Events, RefusedLine } from '../store/events.ts'
import type { Segment, Segments } from '../store/segments.ts'

export type JournalEvent = Exclude<JournalLine, { event: 'segment' }>

export type JournalDeps = {
  /** The mount that holds recordings/, holds/ and journal/. */
  folder: string
  store: Store
  segments: Segments
  events: Events
  clock: Clock
  log: Log
  /** In the transaction that inserted them: whoever must know of each segment exactly once (holds). */
  inserted(segments: readonly Segment[]): void
  /** After the commit. */
  told(segments: readonly Segment[], events: readonly JournalEvent[]): void
  /** A line that is no journal line, or names a file that is not as it says (I1). It is stored and passed over (I4). */
  bad(line: RefusedLine): void
}

export type Journal = {
  /** Takes in what is new; answers how many lines. Safe beside another reader of the same store. */
  readNew(): Promise<number>
  /** Reads whenever the recorder has written, until the signal fires. */
  run(signal: AbortSignal): Promise<void>
}

const fileName = /^\d{4}-\d\d-\d\d\.jsonl$/
/** One read, and so the longest line; the recorder's are below 30 KiB. */
const chunkBytes = 1 << 20
/** Lines a transaction: long enough for one fsync, short enough not to be noticed. */
const batchLines = 200

type Part = {
  file: string
  from: number
  to: number
  entries: readonly JournalLine[]
  refused: readonly RefusedLine[]
}
type Line = { text: string; offset: number; end: number }

/** Whole lines from `offset`; a torn last one is left for later, one longer than a chunk is passed over as it is. */
const linesFrom = async (path: string, offset: number): Promise<Line[]> => {
  const handle = await open(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes)
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, offset)
    const lines: Line[] = []
    let at = 0
    for (;;) {
      const end = buffer.subarray(at, bytesRead).indexOf(10)
      if (end === -1) break
      lines.push({ text: buffer.toString('utf8', at, at + end), offset: offset + at, end: offset + at + end + 1 })
      at += end + 1
    }
    if (lines.length === 0 && bytesRead === chunkBytes)
      lines.push({ text: buffer.toString('utf8', 0, 200), offset, end: offset + chunkBytes })
    return lines
  } finally {
    await handle.close()
  }
}

export const makeJournal = (deps: JournalDeps): Journal => {
  const { folder, store, segments, events, clock, log } = deps
  const journalFolder = join(folder, 'journal')

  /** Why this segment may not become a row, or undefined (I1: a closed file of that size is on disk). */
  const fault = async (line: Extract<JournalLine, { event: 'segment' }>): Promise<string | undefined> => {
    if (!line.path.startsWith(`recordings/${line.channelId}/run-${line.runId}/`))
      return 'path of another channel or run'
    if (line.endMs < line.startMs || line.mediaEndMs < line.mediaStartMs) return 'ends before it starts'
    const stat = await lstat(join(folder, line.path)).catch(() => undefined)
    if (!stat) return 'no such file'
    if (!stat.isFile()) return 'not a file'
    return stat.size === line.bytes ? undefined : `${stat.size} bytes on disk, ${line.bytes} in the journal`
  }

  const examine = async (file: string, line: Line): Promise<JournalLine | RefusedLine | undefined> => {
    if (line.text.trim() === '') return undefined
    const bad = (reason: string): RefusedLine => ({ file, offset: line.offset, reason, line: line.text.slice(0, 500) })
    try {
      const entry = readMessage('journal line', JournalLine, line.text)
      const reason = entry.event === 'segment' ? await fault(entry) : undefined
      return reason ? bad(reason) : entry
    } catch (error) {
      return bad((error as Error).message)
    }
  }

  /** Rows and position in one transaction; nothing when another reader was faster. */
  const commit = store.transaction((part: Part) => {
    const { file, from, to, entries, refused } = part
    if (events.position(file) !== from) return undefined
    events.refuse(refused)
    const added: Segment[] = []
    const happened: JournalEvent[] = []
    for (const entry of entries) {
      if (entry.event !== 'segment') {
        events.insert(entry)
        happened.push(entry)
        continue
      }
      const { event: _, fragments: __, ...segment } = entry
      if (segments.insert(segment)) added.push(segment)
    }
    events.setPosition(file, to)
    if (added.length > 0) deps.inserted(added)
    return { added, happened }
  })

  const readFileOnce = async (file: string): Promise<number> => {
    const from = events.position(file)
    const lines = (await linesFrom(join(journalFolder, file), from)).slice(0, batchLines)
    const last = lines.at(-1)
    if (!last) return 0
    const read = await Promise.all(lines.map(line => examine(file, line)))
    const entries = read.filter(entry => entry !== undefined && 'event' in entry)
    const refused = read.filter(entry => entry !== undefined && 'reason' in entry)
    const result = commit.immediate({ file, from, to: last.end, entries, refused })
    if (!result) return lines.length
    refused.forEach(deps.bad)
    deps.told(result.added, result.happened)
    return lines.length
  }

  let reading: Promise<number> | undefined
  const readAll = async (): Promise<number> => {
    let count = 0
    const names = await readdir(journalFolder).catch(() => [])
    for (const file of names.filter(name => fileName.test(name)).sort()) {
      const { size } = await lstat(join(journalFolder, file))
      if (size <= events.position(file)) continue
      for (;;) {
        const lines = await readFileOnce(file)
        if (lines === 0) break
        count += lines
      }
    }
    return count
  }

  const readNew = (): Promise<number> => {
    reading ??= readAll().finally(() => {
      reading = undefined
    })
    return reading
  }

  return {
    readNew,
    run: async signal => {
      let rung = Promise.withResolvers<void>()
      const bell = (): void => rung.resolve()
      // The recorder makes the folder at its first start; until then there is nothing to watch.
      let watched = false
      const watchFolder = (): void => {
        try {
          watch(journalFolder, { signal }, bell).on('error', error => {
            watched = false
            log.warn({ err: error }, 'journal watch')
          })
          watched = true
        } catch (error) {
          if ((error as { code?: unknown }).code !== 'ENOENT') log.warn({ err: error }, 'journal watch')
        }
      }
      // A watch may be lost; this is the floor.
      clock.every(5000, bell, signal)
      signal.addEventListener('abort', bell, { once: true })
      while (!signal.aborted) {
        if (!watched) watchFolder()
        rung = Promise.withResolvers<void>()
        await readNew().catch(error => log.error({ err: error }, 'journal read'))
        if (!signal.aborted) await rung.promise
      }
    }
  }
}
