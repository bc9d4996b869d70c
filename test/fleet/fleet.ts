import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Cameras, startCameras } from '../cameras/cameras.ts'
import { type Variant, variants } from '../cameras/media.ts'
import { type Box, makeBox } from './box.ts'
import { type Centre, makeCentre } from './centre.ts'
import { makeStage, type Stage } from './stage.ts'
import { until } from './until.ts'

export type FleetOptions = {
  boxes: number
  /** A box's cameras: how many, or which variants. Default: H.264, H.265, H.264 with AAC, H.264 with G.711 in turn. */
  cameras: number | readonly Variant[]
  segmentSeconds?: number
  requiredDays?: number
  /** Where it is laid; must be reachable for the system users. Default: the system's folder for temporary files. */
  parent?: string
  /** Environment of the programs of the boxes (see `box_clock.ts`). */
  boxEnv?: Record<string, string>
}

/**
 * A whole province in one process tree on loopback: a real centre, real boxes, simulated cameras that serve real
 * encoded video. The fixture of the flows, and the engine of the demo.
 */
export type Fleet = {
  stage: Stage
  centre: Centre
  boxes: Box[]
  /** The cameras of box number i. */
  cameras: Cameras[]
  /** Resolves when every box is in touch, every spool is empty and every enabled channel records. */
  settle(timeoutMs?: number): Promise<void>
  /** Ends everything and takes the folder away; `keep`, or MATTHAN_KEEP=1 in the environment, leaves it to be looked at. */
  stop(options?: { keep?: boolean }): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const names = [
  'Phường Thủ Dầu Một',
  'Phường Dĩ An',
  'Phường Tân Uyên',
  'Xã Dầu Tiếng',
  'Phường Bến Cát',
  'Phường Thuận An'
]
const views = [
  'Ngã tư chợ',
  'Cổng trường tiểu học',
  'Vòng xoay Đường Mười Tháng Ba',
  'Bến xe phía Bắc',
  'Cầu Phú Cường',
  'Trạm y tế'
]

export const createFleet = async (options: FleetOptions): Promise<Fleet> => {
  const { segmentSeconds = 10, requiredDays = 30, boxEnv = {} } = options
  const stage = await makeStage(options.parent)
  const centre = await makeCentre(stage)
  await centre.start()
  const boxes: Box[] = []
  const cameras: Cameras[] = []

  const fleet: Fleet = {
    stage,
    centre,
    boxes,
    cameras,
    settle: async (timeoutMs = 60_000) => {
      await until('the fleet is settled', timeoutMs, async () => {
        for (const box of boxes) {
          const status = await box.ask<BoxStatus>('status')
          const waiting = status.channels.filter(
            channel => channel.state !== 'recording' && channel.state !== 'disabled'
          )
          if (waiting.length > 0)
            return `${box.name}: ${waiting.map(channel => `${channel.name} ${channel.state}`).join(', ')}`
          if (status.link?.state !== 'online') return `${box.name} is not connected`
          if (status.spool.records > 0) return `${box.name} has ${status.spool.records} records to send`
        }
        return true
      })
    },
    stop: async ({ keep = false } = {}) => {
      await Promise.all(boxes.map(box => box.stop()))
      await Promise.all(cameras.map(one => one.stop()))
      await centre.stop()
      if (!keep && !process.env.MATTHAN_KEEP) rmSync(stage.folder, { recursive: true, force: true })
    },
    [Symbol.asyncDispose]: () => fleet.stop()
  }

  try {
    for (let i = 0; i < options.boxes; i++) {
      const which =
        typeof options.cameras === 'number'
          ? Array.from({ length: options.cameras }, (_, n) => variants[n % variants.length]!)
          : options.cameras
      const simulated = await startCameras({ cameras: which, folder: join(stage.folder, `cameras-${i + 1}`) })
      cameras.push(simulated)
      const box = await makeBox(stage, centre, {
        name: names[i % names.length]!,
        segmentSeconds,
        requiredDays,
        env: boxEnv
      })
      boxes.push(box)
      await box.enrol()
      for (const [n, camera] of simulated.cameras.entries())
        await box.addCamera(camera, `${views[n % views.length]} ${i + 1}`)
      box.startRecorder()
      box.startAgent()
    }
    return fleet
  } catch (error) {
    await fleet.stop({ keep: true })
    throw error
  }
}

/** The part of `matthan-agent status --json` that the fleet reads. */
export type BoxStatus = {
  link?: { state: string }
  spool: { records: number }
  channels: { channelId: string; name: string; state: string }[]
}
