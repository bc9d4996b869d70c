import { createReadStream, fstatSync } from 'node:fs'
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Clock, isoInstant } from '@matthan/base/clock'
import { syncFolder } from '@matthan/base/files'
import { JournalLine } from '@matthan/protocol/recording'

export type Journal = {
  /** Resolves when the line is on disk (I1). Lines of one process stand in the order of the calls. */
  append(line: JournalLine): Promise<void>
  close(): Promise<void>
}

const dayFile = /^\d{4}-\d\d-\d\d\.jsonl$/

/** Opens the journal. A last line that a power cut tore was never acknowledged; it is cut off. */
export const openJournal = async (folder: string, clock: Clock): Promise<Journal> => {
  for (const name of (await dayFiles(folder)).slice(-2)) await cutTornLine(join(folder, name))
  let day = ''
  let file: FileHandle | undefined
  let last: Promise<void> = Promise.resolve()

  const write = async (line: JournalLine): Promise<void> => {
    const today = isoInstant(clock.nowMs()).slice(0, 10)
    if (!file || day !== today) {
      await file?.close()
      file = await open(join(folder, `${today}.jsonl`), 'a', 0o640)
      day = today
      await syncFolder(folder)
    }
    const before = fstatSync(file.fd).size
    try {
      await file.appendFile(`${JSON.stringify(line)}\n`)
      await file.datasync()
    } catch (error) {
      // Half a line (disk full) would spoil the next one.
      await file.truncate(before).catch(() => {})
      throw error
    }
  }

  return {
    append: line => {
      last = last.catch(() => {}).then(() => write(line))
      return last
    },
    close: async () => {
      await last.catch(() => {})
      await file?.close()
    }
  }
}

const dayFiles = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter(name => dayFile.test(name)).sort()

const cutTornLine = async (path: string): Promise<void> => {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    const buffer = Buffer.alloc(64 << 10)
    for (let end = size; end > 0; ) {
      const start = Math.max(0, end - buffer.length)
      const { bytesRead } = await file.read(buffer, 0, end - start, start)
      const newline = buffer.lastIndexOf(0x0a, bytesRead - 1)
      if (newline >= 0 || start === 0) {
        const whole = newline >= 0 ? start + newline + 1 : 0
        if (whole < size) {
          await file.truncate(whole)
          await file.sync()
        }
        return
      }
      end = start
    }
  } finally {
    await file.close()
  }
}

/** What the journal has of one run. */
export type JournalledRun = { started: boolean; ended: boolean; lastSegment?: JournalLine & { event: 'segment' } }

/**
 * Searches the newest days first and stops at the run's beginning, so it reads one or two files.
 */
export const findRun = async (folder: string, runId: string): Promise<JournalledRun> => {
  const found: JournalledRun = { started: false, ended: false }
  for (const name of (await dayFiles(folder)).reverse()) {
    const lines = createInterface({ input: createReadStream(join(folder, name)), crlfDelay: Number.POSITIVE_INFINITY })
    for await (const text of lines) {
      if (!text.includes(runId)) continue
      const line = parseLine(text)
      if (!line || line.event === 'clockStepped' || line.runId !== runId) continue
      if (line.event === 'runStarted') found.started = true
      else if (line.event === 'runEnded') found.ended = true
      else if (line.index > (found.lastSegment?.index ?? -1)) found.lastSegment = line
    }
    if (found.started) break
  }
  return found
}

const parseLine = (text: string): JournalLine | undefined => {
  try {
    return JournalLine.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
