import type { Clock } from '@matthan/base/clock'
import { language } from '@matthan/base/config'
import { say, type TextKey } from '@matthan/base/text/say'
import type { Command } from 'commander'
import { defaultFolder } from '../config.ts'
import { type Client, connectLocal, fromClient } from './client.ts'
import { makeOutput, type Output } from './output.ts'

/** What every command is given. */
export type Cli = { signal: AbortSignal; clock: Clock; out: { write(text: string): unknown; isTTY?: boolean } }
export type Shared = { data: string; json: boolean }
export type Run = { client: Client; output: Output; folder: string; cli: Cli }

/** A sentence of the help, in the reader's language. */
export const word = (key: TextKey): string => say(language(), key)

/** A command that does something, with `--data` and `--json`, which every one takes. */
export const addCommand = (parent: Command, nameAndArguments: string, about: TextKey): Command =>
  parent
    .command(nameAndArguments)
    .description(word(about))
    .option('--data <folder>', word('control.optData'), defaultFolder)
    .option('--json', word('control.optJson'), false)

export const outputOf = (cli: Cli, { json }: Pick<Shared, 'json'>): Output =>
  makeOutput({ json, language: language(), out: cli.out })

/** Runs a command that asks the running centre; its errors come out as ours. */
export const asking =
  <Args extends unknown[], Options extends Shared>(
    cli: Cli,
    job: (run: Run, options: Options, ...args: Args) => Promise<void>
  ) =>
  async (...given: [...Args, Options, Command]): Promise<void> => {
    const options = given.at(-2) as Options
    const args = given.slice(0, -2) as Args
    const folder = options.data
    try {
      await job({ client: connectLocal(folder), output: outputOf(cli, options), folder, cli }, options, ...args)
    } catch (error) {
      throw fromClient(error, folder)
    }
  }
