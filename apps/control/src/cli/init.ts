import { MatthanError } from '@matthan/base/error'
import { makeLog } from '@matthan/base/log'
import type { Command } from 'commander'
import { logLevel, type Ports, placesIn, writeConfig } from '../config.ts'
import { openIdentity } from '../identity/identity.ts'
import { openControlStore } from '../store/open.ts'
import { type Cli, outputOf, type Shared, withShared } from './command.ts'

type Options = Shared & { name: string; host: string[]; bind: string; ports: string }

/** `init`: configuration, store and keys of a new centre. */
export const addInit = (program: Command, cli: Cli): void => {
  const text = outputOf(cli, { data: '', json: false })
  withShared(program.command('init').description(text.say('control.commandInit')))
    .option('--name <name>', 'name of the centre', 'Mắt thần')
    .option('--host <host...>', 'names and addresses of this machine; the first is told to boxes', [
      'localhost',
      '127.0.0.1'
    ])
    .option('--bind <address>', 'address to listen on', '0.0.0.0')
    .option('--ports <ports>', 'web,device,mqtt,join; 0 = any free one', '8443,8444,8883,8445')
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
      const { caHash } = authority
      const output = outputOf(cli, options)
      const rootKey = `${places.ca}/root.key`
      output.answer({ dataFolder: folder, caHash, root: `${places.ca}/root.pem`, rootKey }, () => [
        output.say('control.initialised', { name, folder, caHash, rootKey })
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
