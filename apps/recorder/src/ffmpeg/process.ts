import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { newId } from '@matthan/base/id'

export type Ffmpeg = {
  pid: number
  /** undefined while it runs; a signal counts as -1. */
  exitCode(): number | undefined
  /** Resolves when it is gone. */
  ended: Promise<void>
  /** The end of what it wrote to standard error. May hold the password: hand on only `readComplaint`'s. */
  words(): string
  /** Keeps its error output from growing without bound. */
  trim(): void
  /** Ends it: asks, asks again (one blocked in a read needs that), kills. Resolves when it is gone. */
  stop(): Promise<void>
  /** After its end. */
  release(): void
}

const mostErrorBytes = 256 << 10
const wordsBytes = 8 << 10

/**
 * Starts ffmpeg in a session of its own, so that a Ctrl-C reaches us first. Its output goes to a file without a
 * name (it may hold a password, and a pipe whose reader stopped would block it); the script goes through
 * descriptor 3.
 * @throws MatthanError config when the program is not there.
 */
export const startFfmpeg = async (options: {
  command: string
  args: string[]
  script: string
  folder: string
  clock: Clock
}): Promise<Ffmpeg> => {
  const { command, args, script, folder, clock } = options
  const errors = openNameless(folder)
  let child: ChildProcess
  try {
    child = spawn(command, args, { detached: true, stdio: ['ignore', errors, errors, 'pipe'] })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
  } catch (error) {
    closeSync(errors)
    throw new MatthanError('config', 'recorder.cannotStart', { reason: (error as Error).message }, { cause: error })
  }
  child.on('error', () => {})
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const input = child.stdio[3] as Writable
  input.on('error', () => {})
  input.end(script, () => input.destroy())

  const exitCode = () => child.exitCode ?? (child.signalCode ? -1 : undefined)
  const within = async (ms: number): Promise<boolean> => {
    const enough = new AbortController()
    const waited = clock.sleep(ms, enough.signal).then(
      () => false,
      () => true
    )
    const ended = await Promise.race([gone.then(() => true), waited])
    enough.abort()
    return ended
  }
  return {
    pid: child.pid ?? 0,
    exitCode,
    ended: gone,
    words: () => {
      const { size } = fstatSync(errors)
      const buffer = Buffer.alloc(Math.min(size, wordsBytes))
      const bytes = readSync(errors, buffer, 0, buffer.length, size - buffer.length)
      return buffer.toString('utf8', 0, bytes)
    },
    trim: () => {
      if (fstatSync(errors).size > mostErrorBytes) ftruncateSync(errors, 0)
    },
    stop: async () => {
      for (const [name, ms] of [
        ['SIGTERM', 2000],
        ['SIGTERM', 1000],
        ['SIGKILL', 5000]
      ] as const) {
        if (exitCode() !== undefined) return
        child.kill(name)
        if (await within(ms)) return
      }
      await gone
    },
    release: () => closeSync(errors)
  }
}

const openNameless = (folder: string): number => {
  const path = join(folder, `.${newId()}.tmp`)
  const file = openSync(path, 'ax+', 0o600)
  unlinkSync(path)
  return file
}
