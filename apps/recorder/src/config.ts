import { statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { readJson } from '@matthan/base/files'
import { RecorderConfig } from '@matthan/protocol/recording'

/** @throws MatthanError config when the file is missing, no JSON or of the wrong shape. */
export const readConfig = async (path: string): Promise<RecorderConfig> => {
  const fail = (reason: string, cause?: unknown) =>
    new MatthanError('config', 'recorder.badConfig', { path, reason }, { cause })
  const raw = await readJson(path).catch(error => {
    throw error instanceof MatthanError ? error : fail((error as Error).message, error)
  })
  const parsed = RecorderConfig.safeParse(raw)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw fail(`${issue?.path.join('.')}: ${issue?.message}`)
  }
  const ids = parsed.data.channels.map(one => one.channelId)
  if (new Set(ids).size !== ids.length) throw fail('channels: the same channelId twice')
  return parsed.data
}

const lookEachMs = 3000

/** Calls `changed` when the file was replaced: at once where the kernel tells, else within seconds. */
export const watchConfig = (path: string, clock: Clock, signal: AbortSignal, changed: () => void): void => {
  const markOf = (): string => {
    const stat = statSync(path, { throwIfNoEntry: false })
    return stat ? `${stat.ino} ${stat.size} ${stat.mtimeMs}` : ''
  }
  let mark = markOf()
  const look = () => {
    const now = markOf()
    if (now === mark || now === '') return
    mark = now
    changed()
  }
  clock.every(lookEachMs, look, signal)
  const watcher = watch(dirname(path), { signal, persistent: false }, (_, name) => {
    if (name === null || name === basename(path)) look()
  })
  watcher.on('error', () => {})
}

/** A machine without a time service of its own (a container) is told by its keeper that the host keeps the time. */
export const clockIsKeptOutside = (): boolean => process.env.MATTHAN_CLOCK_KEPT_OUTSIDE === 'yes'
