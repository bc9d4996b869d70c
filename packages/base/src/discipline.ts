import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Clock } from './clock.ts'
import { clockIsKeptOutside } from './config.ts'

/** What says that the wall clock is kept right just now; `outside` = the keeper of this machine; `none` = nothing does. */
export type Discipline = 'timesyncd' | 'kernel' | 'outside' | 'none'

/** systemd-timesyncd touches this file each time that it has heard its server; it asks at least each 34 minutes. */
const timesyncdFile = '/run/systemd/timesync/synchronized'
const timesyncdStaleMs = 2 * 3600_000
const askEachMs = 5 * 60_000

/** `timedatectl` reads adjtimex(2), whichever program keeps the time (chrony, ntpd). */
const kernelIsSynchronised = async (): Promise<boolean> => {
  const asked = promisify(execFile)('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], { timeout: 3000 })
  const { stdout } = await asked.catch(() => ({ stdout: '' }))
  return stdout.trim() === 'yes'
}

/**
 * Asks this machine whether its clock is synchronised (I8). May run a program: ask once in a while, not on a hot path.
 * @param nowMs the wall clock
 */
export const readDiscipline = async (nowMs: number): Promise<Discipline> => {
  if (clockIsKeptOutside()) return 'outside'
  const touched = await stat(timesyncdFile).catch(() => undefined)
  if (touched && Math.abs(nowMs - touched.mtimeMs) <= timesyncdStaleMs) return 'timesyncd'
  return (await kernelIsSynchronised()) ? 'kernel' : 'none'
}

export type DisciplineWatch = {
  /** The last answer; `none` until there is one. Cheap. */
  now(): Discipline
  /** Resolves when the first answer is there. */
  first: Promise<void>
}

/** Asks now and every five minutes (it may cost a process) until the signal fires. The one detector of every program (I8). */
export const watchDiscipline = (options: {
  clock: Clock
  signal: AbortSignal
  read?(nowMs: number): Promise<Discipline>
}): DisciplineWatch => {
  const { clock, signal, read = readDiscipline } = options
  let last: Discipline = 'none'
  const ask = async (): Promise<void> => {
    last = await read(clock.nowMs())
  }
  clock.every(askEachMs, ask, signal)
  return { now: () => last, first: ask() }
}
