import { language } from '@matthan/base/config'
import { speak, usageError } from '@matthan/base/text/help'
import { Command, CommanderError } from 'commander'
import { version } from '../version.ts'
import { addBox } from './box.ts'
import { addCheck } from './check.ts'
import { addClip } from './clip.ts'
import { type Cli, word } from './command.ts'
import { addInit } from './init.ts'
import { addLists } from './lists.ts'
import { addServe } from './serve.ts'

/** Every command of `matthan-control`. @param args without the program and the file. @returns the exit code. */
export const runCli = async (args: readonly string[], cli: Cli): Promise<number> => {
  const program = new Command('matthan-control').description(word('control.about'))
  speak(program, { language: language(), version, examples: 'control.examples' })
  // Commander would end the process itself (law L4), and say in English what is wrong with the words.
  program.exitOverride().configureOutput({ outputError: () => {} })
  for (const add of [addServe, addInit, addBox, addLists, addClip, addCheck]) add(program, cli)
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0
    throw usageError(error)
  }
}
