import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFleet } from '../fleet/fleet.ts'
import { childrenCpuMs, cpuMs, rssMb } from './proc.ts'
import type { Figure } from './table.ts'

const warmUpMs = 60_000
const windowMs = 120_000

/** collectd with what a health agent reads, every 10 s, into CSV files. */
const startCollectd = (folder: string): ChildProcess => {
  mkdirSync(folder, { recursive: true })
  const plugins = ['cpu', 'memory', 'load', 'df', 'disk', 'interface']
  const config = [
    `BaseDir "${folder}"`,
    `PIDFile "${folder}/pid"`,
    'Interval 10',
    ...plugins.map(name => `LoadPlugin ${name}`),
    'LoadPlugin csv',
    `<Plugin csv>\nDataDir "${folder}/csv"\n</Plugin>`
  ]
  writeFileSync(join(folder, 'collectd.conf'), `${config.join('\n')}\n`)
  return spawn('collectd', ['-f', '-C', join(folder, 'collectd.conf')], { stdio: 'ignore' })
}

/** The built agent and recorder at work with 4 channels, beside bare Node and collectd, all at once in one window. */
export const measureFootprint = async (): Promise<Figure[]> => {
  const fleet = await createFleet({ boxes: 1, cameras: 4, segmentSeconds: 60 })
  const bare = spawn(fleet.stage.node, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const collectd = startCollectd(join(fleet.stage.folder, 'collectd'))
  try {
    await fleet.settle(90_000)
    const box = fleet.boxes[0]!
    const pids = { agent: box.agent().pid, recorder: box.recorder().pid, bare: bare.pid!, collectd: collectd.pid! }
    await sleep(warmUpMs)
    const cpuOf = (pid: number) => cpuMs(pid) + (pid === pids.recorder ? 0 : childrenCpuMs(pid))
    const before = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuOf(pid)]))
    await sleep(windowMs)
    const perMinute = (name: keyof typeof pids) => ((cpuOf(pids[name]) - before[name]!) * 60_000) / windowMs
    const memory = (name: keyof typeof pids) => rssMb(pids[name])
    const cpu = perMinute('agent') + perMinute('recorder')
    const detail = (name: keyof typeof pids) => `${memory(name).toFixed(0)} MB, bare ${memory('bare').toFixed(0)} MB`
    return [
      {
        what: 'memory of the agent, 4 channels',
        against: 'bare Node 24',
        ratio: memory('agent') / memory('bare'),
        goal: 2.2,
        detail: detail('agent')
      },
      {
        what: 'memory of the recorder, 4 channels',
        against: 'bare Node 24',
        ratio: memory('recorder') / memory('bare'),
        goal: 2.2,
        detail: detail('recorder')
      },
      {
        what: 'CPU of agent and recorder, 4 channels',
        against: 'collectd',
        ratio: cpu / perMinute('collectd'),
        goal: 1.5,
        detail: `agent ${perMinute('agent').toFixed(0)} + recorder ${perMinute('recorder').toFixed(0)} ms/min, collectd ${perMinute('collectd').toFixed(0)} ms/min`
      }
    ]
  } finally {
    bare.kill()
    collectd.kill()
    await fleet.stop()
  }
}
