import { MatthanError } from '@matthan/base/error'
import { makeLog } from '@matthan/base/log'
import type { Command } from 'commander'
import { logLevel, type Ports, placesIn, writeConfig } from '../config.ts'
import { openIdentity } from '../identity/identity.ts'
import { openControlStore } from '../store/open.ts'
import { addCommand, type Cli, outputOf, type Shared, word } from './command.ts'

type Options = Shared & { name: string; host: string[]; bind: string; ports: string }

/** `init`: configuration, store and keys of a new centre. */
export const addInit = (program: Command, cli: Cli): void => {
  addCommand(program, 'init', 'control.commandInit')
    .option('--name <name>', word('control.optName'), word('control.centreName'))
    .option('--host <host...>', word('control.optHost'), ['localhost', '127.0.0.1'])
    .option('--bind <address>', word('control.optBind'), '0.0.0.0')
    .option('--ports <ports>', word('control.optPorts'), '8443,8444,8883,8445')
    .action(async (options: Options) => {
      const folder = options.data
      const name = options.name.normalize('NFC')
      await writeConfig(folder, {
        v: 1,
        name,
        hosts: options.host,
        bind: options.bind,
        ports: readPorts(options.ports)
      })
      const places = placesIn(folder)
      const store = openControlStore(places.store, cli.clock)
      const urls = () => ({ mqttUrl: '', deviceUrl: '' })
      const log = makeLog('control', logLevel())
      const { authority } = await openIdentity({
        folder,
        name,
        hosts: options.host,
        urls,
        store,
        clock: cli.clock,
        log
      }).finally(() => store.close())
      const { rootSha256 } = authority
      const output = outputOf(cli, options)
      const rootKey = `${places.ca}/root.key`
      output.answer({ dataFolder: folder, rootSha256, root: `${places.ca}/root.pem`, rootKey }, () => [
        output.say('control.initialised', { name, folder, rootSha256, rootKey })
      ])
    })
}

const readPorts = (text: string): Ports => {
  const [web, device, mqtt, join, ...rest] = text
    .split(',')
    .map(one => (/^\d{1,5}$/.test(one) ? Number(one) : undefined))
  if (web === undefined || device === undefined || mqtt === undefined || join === undefined || rest.length > 0)
    throw new MatthanError('usage', 'control.badPorts', { text })
  return { web, device, mqtt, join }
}
