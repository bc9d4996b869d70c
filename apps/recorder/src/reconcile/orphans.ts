import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Clock } from '@matthan/base/clock'

const askAgainMs = 2000
const killMs = 3000
const lookEachMs = 50

/**
 * Ends the ffmpegs that write below `folder` and that no living recorder of ours has started: they outlive a
 * recorder that was killed. Resolves when they are gone.
 * @param except ids of processes that are supervised.
 * @returns how many there were.
 */
export const endOrphans = async (folder: string, clock: Clock, except: ReadonlySet<number>): Promise<number> => {
  const begunMonoMs = clock.monoMs()
  const asked = new Map<number, number>()
  for (;;) {
    const left = (await writersBelow(folder)).filter(pid => !except.has(pid))
    if (left.length === 0) return asked.size
    const passedMs = clock.monoMs() - begunMonoMs
    for (const pid of left) {
      const times = asked.get(pid) ?? 0
      const due = times === 0 || (times === 1 && passedMs > askAgainMs) || passedMs > killMs
      if (!due) continue
      asked.set(pid, times + 1)
      sendSignal(pid, passedMs > killMs ? 'SIGKILL' : 'SIGTERM')
    }
    await clock.sleep(lookEachMs)
  }
}

const sendSignal = (pid: number, name: 'SIGTERM' | 'SIGKILL'): void => {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ESRCH') throw error
  }
}

/** Processes whose arguments begin with ffmpeg or its lock and name a run folder below `folder`. */
const writersBelow = async (folder: string): Promise<number[]> => {
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    const line = await readFile(join('/proc', name, 'cmdline'), 'utf8').catch(() => '')
    const args = line.split('\0')
    const isWriter = /(^|\/)(ffmpeg|flock)$/.test(args[0] ?? '')
    if (isWriter && args.some(arg => arg.startsWith(folder + sep) && arg.includes(`${sep}run-`))) found.push(pid)
  }
  return found
}
