import type { Clock } from '@matthan/base/clock'
import { readDiscipline } from '@matthan/base/discipline'
import { clockIsKeptOutside } from './config.ts'

const lookEachMs = 60_000

/** I8: whether the clock of this machine is synchronised, looked at each minute; false until somebody says so. */
export const watchSynchronised = async (clock: Clock, signal: AbortSignal): Promise<() => boolean> => {
  let isSynchronised = false
  const look = async () => {
    isSynchronised = clockIsKeptOutside() || (await readDiscipline(clock.nowMs())) !== 'none'
  }
  await look()
  clock.every(lookEachMs, look, signal)
  return () => isSynchronised
}
