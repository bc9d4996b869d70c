import type { Clock } from '@matthan/base/clock'
import { language } from '@matthan/base/config'
import { sayError, toWire } from '@matthan/base/error'
import { speak, usageError } from '@matthan/base/text/help'
import { say, type TextKey } from '@matthan/base/text/say'
import { Command, CommanderError } from 'commander'
import { defaultDataFolder } from '../config.ts'
import { agentVersion } from '../version.ts'
import type { AddOptions } from './camera_add.ts'
import type { CredentialOptions } from './camera_probe.ts'
import type { ExtractOptions } from './clip_extract.ts'
import { type Context, commandLog } from './context.ts'

type Surroundings = { clock: Clock; signal: AbortSignal; mainFile: URL }
type Common = { data: string; json?: boolean }

const about = (key: TextKey): string => say(language(), key)

const contextOf = ({ data, json = false }: Common, { clock, signal, mainFile }: Surroundings): Context => ({
  dataFolder: data,
  json,
  language: language(),
  clock,
  signal,
  mainFile,
  log: commandLog()
})

/** Commander's own words about a wrong command line become our error; help and version are no errors. */
const fromCommander = (error: unknown): unknown => {
  if (!(error instanceof CommanderError)) return error
  if (error.exitCode === 0) return undefined
  return usageError(error)
}

/** The commands of the box. Each loads its own part of the program when it is called. */
export const runCommands = async (argv: readonly string[], around: Surroundings): Promise<void> => {
  // Keys and passwords are this user's; recorder.json and secret.key are its group's.
  process.umask(0o027)
  const program = new Command('matthan-agent').description(about('agent.cliAbout'))
  speak(program, { language: language(), version: agentVersion, examples: 'agent.cliExamples' })
  program.exitOverride().configureOutput({ outputError: () => {} })

  const command = (parent: Command, name: string, key: TextKey): Command =>
    parent
      .command(name)
      .description(about(key))
      .option('--data <folder>', about('agent.optData'), defaultDataFolder)
      .option('--json', about('agent.optJson'))
  const context = (options: object): Context => contextOf(options as Common, around)
  const credentials = (one: Command): Command =>
    one
      .option('--user <name>', about('agent.optUser'))
      .option('--password <->', about('agent.optPassword'))
      .option('--password-file <file>', about('agent.optPasswordFile'))

  command(program, 'run', 'agent.cliRun').action(async (options: Common) => {
    await (await import('./run.ts')).run(context(options))
  })
  command(program, 'enroll', 'agent.cliEnroll')
    .requiredOption('--server <host:port>', about('agent.optServer'))
    .option('--code <->', about('agent.optCode'), '-')
    .action(async (options: Common & { server: string; code: string }) => {
      await (await import('./enroll.ts')).enroll(context(options), options)
    })

  const camera = program.command('camera').description(about('agent.cliCamera'))
  credentials(command(camera, 'add <address>', 'agent.cliCameraAdd'))
    .requiredOption('--name <name>', about('agent.optName'))
    .option('--required-days <days>', about('agent.optDays'), '30')
    .option('--place <place>', about('agent.optPlace'), '')
    .option('--stream <stream>', about('agent.optStream'), 'best')
    .action(async (address: string, options: Common & AddOptions) => {
      await (await import('./camera_add.ts')).cameraAdd(context(options), address, options)
    })
  credentials(command(camera, 'probe <address>', 'agent.cliCameraProbe')).action(
    async (address: string, options: Common & CredentialOptions) => {
      await (await import('./camera_probe.ts')).cameraProbe(context(options), address, options)
    }
  )
  command(camera, 'list', 'agent.cliCameraList').action(async (options: Common) => {
    await (await import('./camera_list.ts')).cameraList(context(options))
  })
  command(camera, 'remove <camera>', 'agent.cliCameraRemove').action(async (wanted: string, options: Common) => {
    await (await import('./camera_remove.ts')).cameraRemove(context(options), wanted)
  })

  command(program, 'status', 'agent.cliStatus').action(async (options: Common) => {
    await (await import('./status.ts')).status(context(options))
  })
  command(program, 'doctor', 'agent.cliDoctor').action(async (options: Common) => {
    await (await import('./doctor.ts')).doctor(context(options))
  })

  const clip = program.command('clip').description(about('agent.cliClip'))
  command(clip, 'extract', 'agent.cliClipExtract')
    .requiredOption('--viewpoint <viewpoint>', about('agent.optViewpoint'))
    .requiredOption('--from <instant>', about('agent.optFrom'))
    .requiredOption('--to <instant>', about('agent.optTo'))
    .requiredOption('--out <folder>', about('agent.optOut'))
    .option('--reason <text>', about('agent.optReason'), 'clip extract')
    .action(async (options: Common & ExtractOptions) => {
      await (await import('./clip_extract.ts')).clipExtract(context(options), options)
    })

  try {
    await program.parseAsync(argv)
  } catch (thrown) {
    const error = fromCommander(thrown)
    if (error === undefined) return
    // Whoever asked for JSON reads the error there too; the sentences go to standard error all the same.
    if (argv.includes('--json'))
      process.stdout.write(`${JSON.stringify({ error: { ...toWire(error), ...sayError(error, language()) } })}\n`)
    throw error
  }
}
