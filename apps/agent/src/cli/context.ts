import { execFileSync } from 'node:child_process'
import { chown, stat } from 'node:fs/promises'
import type { Clock } from '@matthan/base/clock'
import { noColour } from '@matthan/base/config'
import { readDiscipline } from '@matthan/base/discipline'
import { type Log, makeLog } from '@matthan/base/log'
import { type Paint, painter } from '@matthan/base/text/paint'
import { type Language, type Params, say, type TextKey } from '@matthan/base/text/say'
import { type Cell, facts, table } from '@matthan/base/text/table'
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

export const paint = (): Paint => painter(process.stdout, noColour())

/** Rows under headings of the catalogue. */
export const tableOf = (
  context: Pick<Context, 'language'>,
  headings: readonly TextKey[],
  rows: readonly (readonly Cell[])[]
): string[] =>
  table(
    headings.map(key => tell(context, key)),
    rows,
    paint()
  )

/** What is known of one thing, one line each. */
export const factsOf = (context: Pick<Context, 'language'>, pairs: readonly (readonly [TextKey, Cell])[]): string[] =>
  facts(
    pairs.map(([key, value]) => [tell(context, key), value] as const),
    paint()
  )

/** A command's answer: one JSON object, or sentences. */
export const answer = (context: Pick<Context, 'json'>, value: unknown, sentences: string | string[]): void => {
  const text = context.json ? JSON.stringify(value) : [sentences].flat().join('\n')
  process.stdout.write(`${text}\n`)
}

/** Who owns the data folder, when this is root and it is somebody else. */
const otherOwner = async (dataFolder: string): Promise<{ uid: number; gid: number } | undefined> => {
  const found = await stat(dataFolder).catch(() => undefined)
  return found && process.geteuid?.() === 0 && found.uid !== 0 ? found : undefined
}

/**
 * A technician types commands as root; what they make must belong to the agent, so they act as the owner of the data
 * folder, with the groups of that user (the recorder's among them).
 */
export const actAsOwner = async (dataFolder: string): Promise<void> => {
  const owner = await otherOwner(dataFolder)
  if (!owner) return
  const groups = execFileSync('id', ['-G', '--', String(owner.uid)], { encoding: 'utf8' })
  process.setgroups?.(groups.trim().split(' ').map(Number))
  process.setgid?.(owner.gid)
  process.setuid?.(owner.uid)
}

/** Gives a folder that root has made to the one who will write into it. */
export const giveToOwner = async (dataFolder: string, folder: string): Promise<void> => {
  const owner = await otherOwner(dataFolder)
  if (owner) await chown(folder, owner.uid, owner.gid)
}

/** The box's store beside a running agent, which notices what a command writes. */
export const withBox = async <T>(
  context: Context,
  work: (box: Box, synchronised: () => boolean) => Promise<T>
): Promise<T> => {
  await actAsOwner(context.dataFolder)
  const { clock, mainFile, log } = context
  const config = await readAgentConfig(context.dataFolder)
  const isSynchronised = (await readDiscipline(clock.nowMs())) !== 'none'
  const synchronised = () => isSynchronised
  const box = await openBox({ config, clock, log, mainFile, synchronised, appended: () => {} })
  try {
    return await work(box, synchronised)
  } finally {
    box.store.close()
  }
}

/** Commands speak by their answer; what goes wrong beside it is a warning. */
export const commandLog = (): Log => makeLog('agent', 'warn')
