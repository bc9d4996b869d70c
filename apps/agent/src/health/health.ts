import type { Heartbeat } from '@matthan/protocol/envelope'
import { conditions as specs } from '@matthan/protocol/health'
import type { RecorderView } from './channels.ts'
import { heartbeatChannels, observeChannels } from './channels.ts'
import type { Conditions } from './conditions.ts'
import type { DiskSpace } from './disk.ts'
import type { makeMachine } from './proc.ts'

export type HealthDeps = {
  boxId: string
  conditions: Conditions
  machine: ReturnType<typeof makeMachine>
  recorder(): Promise<RecorderView>
  /** Channels that should record. */
  channelIds(): readonly string[]
  space(): Promise<DiskSpace>
  /** Free bytes below which recording is in danger. */
  dangerBytes(disk: DiskSpace): number
  /** Whether retention has nothing left to delete although space is needed: all is under hold, or not ours. */
  starved(): boolean
  synchronised(): boolean
}

/** What the box says of itself in a heartbeat; clock, spool and uplink are the link's. */
export type HealthBeat = Pick<
  Heartbeat,
  'upSeconds' | 'cpuPercent' | 'memoryFreeBytes' | 'load1' | 'temperatureC' | 'channels'
>

/** A look a second at the recorder and the clock, at the disk each tenth: all from /proc, statfs and one small file. */
export const makeHealth = (deps: HealthDeps) => {
  const { boxId, conditions, machine, recorder, channelIds, space, dangerBytes, starved, synchronised } = deps
  let looks = 0

  const lookAtDisk = async (): Promise<void> => {
    const disk = await space()
    const details = { freeBytes: disk.freeBytes, totalBytes: disk.totalBytes, mount: disk.mount.slice(0, 300) }
    const present = disk.readOnly || disk.freeBytes < dangerBytes(disk) || starved()
    conditions.observe({ code: 'diskFull', subjectId: disk.diskId, present, details })
  }

  return {
    tick: async (): Promise<void> => {
      const ids = channelIds()
      // A channel that was removed, perhaps while the agent was not running, ails no more.
      for (const { code, subjectId } of conditions.open())
        if (specs[code].subject === 'channel' && !ids.includes(subjectId)) conditions.forget(subjectId)
      for (const observation of observeChannels(await recorder(), ids, boxId)) conditions.observe(observation)
      conditions.observe({ code: 'clockUnsynchronised', subjectId: boxId, present: !synchronised() })
      conditions.settle('clockStepped', boxId)
      if (looks++ % 10 === 0) await lookAtDisk()
    },

    /** The wall clock was stepped; `deltaMs` = after − before. */
    clockStepped: (deltaMs: number): void => {
      conditions.pulse('clockStepped', boxId, { deltaMs: Math.round(deltaMs) })
    },

    beat: async (): Promise<HealthBeat> => ({
      ...(await machine.sample()),
      channels: heartbeatChannels(await recorder(), channelIds())
    })
  }
}
