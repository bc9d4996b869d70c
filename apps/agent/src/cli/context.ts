import { stat } from 'node:fs/promises'
import type { Clock } from '@matthan/base/clock'
import { type Log, makeLog } from '@matthan/base/log'
import { type Language, type Params, say, type TextKey } from '@matthan/base/text/say'
import { type Box, openBox } from '../box.ts'
import { readAgentConfig } from '../config.ts'

/** What every command is given. */
export type Context = {
  dataFolder: string
  json: boolean
  language: Language
  clock: Clock
  signal: AbortSignal
  mainFile: URL
  log: Log
}

/** The sentence in the reader's language. */
export const tell = (context: Pick<Context, 'language'>, key: TextKey, params: Params = {}): string =>
  say(context.language, key, params)

/** A command's answer: one JSON object, or sentences. */
export const answer = (context: Pick<Context, 'json'>, value: unknown, sentences: string | string[]): void => {
  const text = context.json ? JSON.stringify(value) : [sentences].flat().join('\n')
  process.stdout.write(`${text}\n`)
}

/**
 * A technician types commands as root; what they make must belong to the agent, so they act as the owner of the data
 * folder where it is another one.
 */
export const actAsOwner = async (dataFolder: string): Promise<void> => {
  const found = await stat(dataFolder).catch(() => undefined)
  if (!found || process.geteuid?.() !== 0 || found.uid === 0) return
  process.initgroups?.(found.uid, found.gid)
  process.setgid?.(found.gid)
  process.setuid?.(found.uid)
}

/** The box's store beside a running agent, which notices what a command writes. */
export const withBox = async <T>(context: Context, work: (box: Box) => Promise<T>): Promise<T> => {
  await actAsOwner(context.dataFolder)
  const { clock, mainFile, log } = context
  const config = await readAgentConfig(context.dataFolder)
  const box = await openBox({ config, clock, log, mainFile, synchronised: () => false, appended: () => {} })
  try {
    return await work(box)
  } finally {
    box.store.close()
  }
}

/** Commands speak by their answer; what goes wrong beside it is a warning. */
export const commandLog = (): Log => makeLog('agent', 'warn')
