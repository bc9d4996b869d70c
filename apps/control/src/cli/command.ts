import type { Clock } from '@matthan/base/clock'
import type { Command } from 'commander'
import { consoleLanguage, defaultFolder } from '../config.ts'
import { type Client, connectLocal, fromClient } from './client.ts'
import { makeOutput, type Output } from './output.ts'

/** What every command is given. */
export type Cli = { signal: AbortSignal; clock: Clock; out: { write(text: string): unknown; isTTY?: boolean } }
export type Shared = { data: string; json: boolean }
export type Run = { client: Client; output: Output; folder: string; cli: Cli }

/** `--data` and `--json`, which every command takes. */
export const withShared = (command: Command): Command =>
  command.option('--data <folder>', 'data folder', defaultFolder).option('--json', 'one JSON line', false)

export const outputOf = (cli: Cli, { json }: Shared): Output =>
  makeOutput({ json, language: consoleLanguage(), out: cli.out })

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
