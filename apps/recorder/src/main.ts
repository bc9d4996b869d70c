import { systemClock } from '@matthan/base/clock'
import { runProgram } from '@matthan/base/lifetime'
import { makeLog } from '@matthan/base/log'
import { say } from '@matthan/base/text/say'
import { Command, CommanderError } from 'commander'
import { runRecorder } from './recorder.ts'
import { version } from './version.ts'

/** `matthan-recorder run --config FILE --footage FOLDER --key FILE`; a program of its own, whatever the agent does (I9). */
const both = (key: Parameters<typeof say>[1]): string => `${say('vi', key)} / ${say('en', key)}`

await runProgram(async signal => {
  // Footage is read by the agent, through the group; by nobody else.
  process.umask(0o027)
  const program = new Command('matthan-recorder')
    .description(both('recorder.programSummary'))
    .version(version, '-V, --version', both('base.helpVersion'))
    .helpOption('-h, --help', both('base.helpHelp'))
    .exitOverride()
  program
    .command('run')
    .description(both('recorder.runSummary'))
    .requiredOption('--config <file>', both('recorder.configOption'))
    .requiredOption('--footage <folder>', both('recorder.footageOption'))
    .requiredOption('--key <file>', both('recorder.keyOption'))
    .exitOverride()
    .action(async ({ config, footage, key }: { config: string; footage: string; key: string }) => {
      const log = makeLog('recorder')
      await runRecorder({ configPath: config, footage, keyPath: key, clock: systemClock, log, signal })
    })
  try {
    await program.parseAsync()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    process.exitCode = error.exitCode === 0 ? 0 : 2
  }
})
