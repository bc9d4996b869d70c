import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Answer, call, launch, type Program } from './program.ts'
import { makeOwned, type Stage } from './stage.ts'

/** Addresses as `matthan-control serve --json` prints them once all listen. */
export type Addresses = { web: string; device: string; mqtt: string; join: string; dataFolder: string }

/** A real centre: the built program under its own user, on free ports of the loopback. */
export type Centre = {
  folder: string
  addresses: Addresses
  program(): Program
  /** `matthan-control ARGS --json`: what it printed. @throws when it did not exit 0. */
  ask<T = Record<string, unknown>>(...args: string[]): Promise<T>
  /** The same, as it ended. */
  cli(args: string[], options?: { input?: string; timeoutMs?: number }): Promise<Answer>
  start(env?: Record<string, string>): Promise<void>
  stop(): Promise<void>
}

const user = 'matthan-control'

/** Boxes were told these ports at enrolment: a centre that starts again must be found there. */
const keepPorts = (folder: string, { web, device, mqtt, join: joining }: Addresses): void => {
  const path = join(folder, 'control.json')
  const settings = JSON.parse(readFileSync(path, 'utf8'))
  const [webPort, devicePort, mqttPort, joinPort] = [web, device, mqtt, joining].map(url => Number(new URL(url).port))
  writeFileSync(
    path,
    JSON.stringify({ ...settings, ports: { web: webPort, device: devicePort, mqtt: mqttPort, join: joinPort } })
  )
}

export const makeCentre = async (stage: Stage): Promise<Centre> => {
  const folder = makeOwned(join(stage.folder, 'centre'), 0o700, user)
  const command = stage.node
  const base = stage.nodeArgs('matthan-control')
  let running: Program | undefined
  let addresses: Addresses | undefined

  const cli: Centre['cli'] = (args, more = {}) =>
    call({ command, args: [...base, ...args, '--data', folder], user, ...more })
  const made = await cli([
    'init',
    '--name',
    'Trung tâm thử nghiệm',
    '--host',
    '127.0.0.1',
    '--bind',
    '127.0.0.1',
    '--ports',
    '0,0,0,0',
    '--json'
  ])
  if (made.code !== 0) throw new Error(`init of the centre failed (${made.code}): ${made.err}`)

  const centre: Centre = {
    folder,
    get addresses() {
      if (!addresses) throw new Error('the centre has not been started')
      return addresses
    },
    program: () => running!,
    cli,
    ask: async <T>(...args: string[]) => {
      const answer = await cli([...args, '--json'])
      if (answer.code !== 0)
        throw new Error(`matthan-control ${args.join(' ')} ended with ${answer.code}: ${answer.err}`)
      return JSON.parse(answer.out) as T
    },
    start: async (env = {}) => {
      running = launch({
        name: 'matthan-control',
        command,
        args: [...base, 'serve', '--data', folder, '--json'],
        user,
        env,
        logFile: join(stage.folder, 'centre.log')
      })
      addresses = (await running.firstLine) as Addresses
      keepPorts(folder, addresses)
    },
    stop: async () => {
      await running?.stop()
    }
  }
  return centre
}
