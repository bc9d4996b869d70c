import { systemClock } from '@matthan/base/clock'
import { language } from '@matthan/base/config'
import { runProgram } from '@matthan/base/lifetime'
import { makeLog } from '@matthan/base/log'
import { speak, usageError } from '@matthan/base/text/help'
import { say, type TextKey } from '@matthan/base/text/say'
import { Command, CommanderError } from 'commander'
import { runRecorder } from './recorder.ts'
import { version } from './version.ts'

const word = (key: TextKey): string => say(language(), key)

/** `matthan-recorder run --config FILE --footage FOLDER --key FILE`; a program of its own, whatever the agent does (I9). */
await runProgram(async signal => {
  // Footage is read by the agent, through the group; by nobody else.
  process.umask(0o027)
  const program = new Command('matthan-recorder').description(word('recorder.programSummary'))
  speak(program, { language: language(), version, examples: 'recorder.examples' })
  program.exitOverride().configureOutput({ outputError: () => {} })
  program
    .command('run')
    .description(word('recorder.runSummary'))
    .requiredOption('--config <file>', word('recorder.configOption'))
    .requiredOption('--footage <folder>', word('recorder.footageOption'))
    .requiredOption('--key <file>', word('recorder.keyOption'))
    .action(async ({ config, footage, key }: { config: string; footage: string; key: string }) => {
      const log = makeLog('recorder')
      await runRecorder({ configPath: config, footage, keyPath: key, clock: systemClock, log, signal })
    })
  try {
    await program.parseAsync()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw usageError(error)
  }
})
