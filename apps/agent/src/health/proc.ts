import { readdir, readFile } from 'node:fs/promises'
import { cpus } from 'node:os'

/** One look at the machine, from /proc alone (proc(5)): 0.06 ms, no forks. */
export type MachineSample = {
  upSeconds: number
  /** Of all cores together, since the sample before; 0 at the first. */
  cpuPercent: number
  /** MemAvailable: what programs could still get. */
  memoryFreeBytes: number
  load1: number
  temperatureC?: number
}

type CpuTimes = { busy: number; total: number }

export const parseStat = (text: string): CpuTimes => {
  // user nice system idle iowait irq softirq steal; guest time stands in user already.
  const fields = (/^cpu\s+(.*)$/m.exec(text)?.[1] ?? '').trim().split(/\s+/).slice(0, 8).map(Number)
  const total = fields.reduce((a, b) => a + b, 0)
  return { busy: total - (fields[3] ?? 0) - (fields[4] ?? 0), total }
}

export const parseMemAvailable = (text: string): number =>
  Number(/^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024

const thermalFolder = '/sys/class/thermal'

/** Hottest zone in °C; undefined on machines without any. */
const temperature = async (): Promise<number | undefined> => {
  const zones = (await readdir(thermalFolder).catch(() => [])).filter(name => name.startsWith('thermal_zone'))
  const values = await Promise.all(
    zones.map(async zone => Number(await readFile(`${thermalFolder}/${zone}/temp`, 'utf8').catch(() => 'NaN')) / 1000)
  )
  const plausible = values.filter(value => value > -40 && value < 150)
  return plausible.length > 0 ? Math.max(...plausible) : undefined
}

export const makeMachine = (): { sample(): Promise<MachineSample> } => {
  let last: CpuTimes | undefined
  return {
    sample: async () => {
      const [stat, memory, load, up, temperatureC] = await Promise.all([
        readFile('/proc/stat', 'utf8'),
        readFile('/proc/meminfo', 'utf8'),
        readFile('/proc/loadavg', 'utf8'),
        readFile('/proc/uptime', 'utf8'),
        temperature()
      ])
      const times = parseStat(stat)
      const spent = last ? times.total - last.total : 0
      const cpuPercent = last && spent > 0 ? Math.max(0, ((times.busy - last.busy) / spent) * 100) : 0
      last = times
      return {
        upSeconds: Number.parseFloat(up),
        cpuPercent: Math.round(cpuPercent * 10) / 10,
        memoryFreeBytes: parseMemAvailable(memory),
        load1: Number.parseFloat(load),
        ...(temperatureC === undefined ? {} : { temperatureC })
      }
    }
  }
}

export const coreCount = (): number => cpus().length
