import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SimulatedCamera } from '../cameras/cameras.ts'
import type { Centre } from './centre.ts'
import { type Answer, call, launch, type Program } from './program.ts'
import { giveTo, makeOwned, type Stage } from './stage.ts'

/** A camera as the box knows it. */
export type BoxCamera = { channelId: string; viewpointId: string; name: string; simulated: SimulatedCamera }

/** A real ward box: recorder and agent, two programs under two users, on folders of their own. */
export type Box = {
  name: string
  boxId: string
  /** The agent's data, and the one mount of recordings and holds. */
  folder: string
  footage: string
  cameras: BoxCamera[]
  agent(): Program
  recorder(): Program
  cli(args: string[], options?: { input?: string; timeoutMs?: number }): Promise<Answer>
  ask<T = Record<string, unknown>>(...args: string[]): Promise<T>
  enrol(): Promise<void>
  addCamera(simulated: SimulatedCamera, name: string): Promise<BoxCamera>
  startRecorder(): void
  startAgent(env?: Record<string, string>): void
  stop(): Promise<void>
}

const agentUser = 'matthan-agent'
const recorderUser = 'matthan-rec'

export type BoxOptions = {
  name: string
  segmentSeconds: number
  requiredDays: number
  /** Environment of every program of the box, ffmpeg included (see `box_clock.ts`). */
  env?: Record<string, string>
}

export const makeBox = async (stage: Stage, centre: Centre, options: BoxOptions): Promise<Box> => {
  const { name, segmentSeconds, requiredDays, env = {} } = options
  const { boxId, code } = await centre.ask<{ boxId: string; code: string }>('box', 'add', name)
  const root = makeOwned(join(stage.folder, `box-${boxId.slice(-6)}`), 0o755)
  // The recorder reads its configuration and the key of the secrets here; nothing else in it is open to its group.
  const folder = makeOwned(join(root, 'agent'), 0o2750, agentUser, recorderUser)
  const footage = makeOwned(join(root, 'footage'), 0o2750, recorderUser)
  const settings = join(folder, 'agent.json')
  writeFileSync(settings, JSON.stringify({ v: 1, footageFolder: footage, segmentSeconds }))
  giveTo(settings, agentUser)
  const command = stage.node
  const agentArgs = stage.nodeArgs('matthan-agent')
  let agent: Program | undefined
  let recorder: Program | undefined

  const cli: Box['cli'] = (args, more = {}) =>
    call({ command, args: [...agentArgs, ...args, '--data', folder], user: agentUser, env, ...more })
  const ask = async <T>(...args: string[]): Promise<T> => {
    const answer = await cli([...args, '--json'])
    if (answer.code !== 0) throw new Error(`matthan-agent ${args.join(' ')} ended with ${answer.code}: ${answer.err}`)
    return JSON.parse(answer.out) as T
  }

  const box: Box = {
    name,
    boxId,
    folder,
    footage,
    cameras: [],
    agent: () => agent!,
    recorder: () => recorder!,
    cli,
    ask,
    enrol: async () => {
      const args = ['enroll', '--server', new URL(centre.addresses.join).host, '--code', '-']
      const answer = await cli(args, { input: `${code}\n` })
      if (answer.code !== 0) throw new Error(`enrolment of ${name} ended with ${answer.code}: ${answer.err}`)
    },
    addCamera: async (simulated, cameraName) => {
      const args = [
        'camera',
        'add',
        simulated.url,
        '--name',
        cameraName,
        '--required-days',
        String(requiredDays),
        '--user',
        simulated.userName,
        '--password-file',
        '-',
        '--json'
      ]
      const answer = await cli(args, { input: `${simulated.password}\n` })
      if (answer.code !== 0) throw new Error(`camera add of ${cameraName} ended with ${answer.code}: ${answer.err}`)
      const { cameras } = JSON.parse(answer.out) as { cameras: { channelId: string; viewpointId: string }[] }
      const { channelId, viewpointId } = cameras[0]!
      const camera = { channelId, viewpointId, name: cameraName, simulated }
      box.cameras.push(camera)
      return camera
    },
    startRecorder: () => {
      const args = [
        'run',
        '--config',
        join(folder, 'recorder.json'),
        '--footage',
        footage,
        '--key',
        join(folder, 'secret.key')
      ]
      recorder = launch({
        name: 'matthan-recorder',
        command,
        args: [...stage.nodeArgs('matthan-recorder'), ...args],
        user: recorderUser,
        env,
        logFile: join(root, 'recorder.log')
      })
    },
    startAgent: (more = {}) => {
      agent = launch({
        name: 'matthan-agent',
        command,
        args: [...agentArgs, 'run', '--data', folder],
        user: agentUser,
        env: { ...env, ...more },
        logFile: join(root, 'agent.log')
      })
    },
    stop: async () => {
      await Promise.all([agent?.stop(), recorder?.stop()])
    }
  }
  return box
}
