import { Command, CommanderError } from 'commander'
import { addBox } from './box.ts'
import { addCheck } from './check.ts'
import { addClip } from './clip.ts'
import type { Cli } from './command.ts'
import { addInit } from './init.ts'
import { addLists } from './lists.ts'
import { addServe } from './serve.ts'

/** Every command of `matthan-control`. @param args without the program and the file. @returns the exit code. */
export const runCli = async (args: readonly string[], cli: Cli): Promise<number> => {
  const program = new Command('matthan-control')
  for (const add of [addServe, addInit, addBox, addLists, addClip, addCheck]) add(program, cli)
  overrideExit(program)
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    // Commander has said what is wrong with the words; asking for help is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}

/** Commander would end the process itself (law L4). */
const overrideExit = (command: Command): void => {
  command.exitOverride()
  for (const sub of command.commands) overrideExit(sub)
}
