import { once } from 'node:events'
import { makeLog } from '@matthan/base/log'
import type { Command } from 'commander'
import { logLevel, readConfig } from '../config.ts'
import { startControl } from '../control.ts'
import { addCommand, type Cli, outputOf, type Shared } from './command.ts'

/** `serve`: runs until SIGTERM or SIGINT. Says its real addresses when it is ready. */
export const addServe = (program: Command, cli: Cli): void => {
  addCommand(program, 'serve', 'control.commandServe').action(async (options: Shared) => {
    const folder = options.data
    const config = await readConfig(folder)
    const control = await startControl({ folder, config, clock: cli.clock, log: makeLog('control', logLevel()) })
    const { addresses, rootSha256 } = control
    const output = outputOf(cli, options)
    output.answer({ ...addresses, dataFolder: folder, rootSha256 }, () => [output.say('control.serving', addresses)])
    if (!cli.signal.aborted) await once(cli.signal, 'abort')
    await control.close()
    if (!options.json) output.answer({}, () => [output.say('control.stopped')])
  })
}
