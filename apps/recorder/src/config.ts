import { statSync } from 'node:fs'
import { MatthanError } from '@matthan/base/error'
import { readJson } from '@matthan/base/files'
import { RecorderConfig } from '@matthan/protocol/recording'
import type { Ticker } from './ticker.ts'

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

/** Calls `changed` when the file was replaced. One stat a turn: a watch on its folder would wake for every neighbour. */
export const watchConfig = (path: string, ticker: Ticker, signal: AbortSignal, changed: () => void): void => {
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
  signal.addEventListener('abort', ticker.add(look), { once: true })
}
