import { join } from 'node:path'
import type { Box } from './box.ts'
import type { Centre } from './centre.ts'
import { until } from './until.ts'

/** The part of `matthan-control clip status --json` that the fleet reads. */
export type ClipView = {
  clipId: string
  state: string
  evidenceId: string
  packagePath?: string
  error?: { kind: string; key: string }
  progress?: { doneBytes?: number; totalBytes?: number; rateBytesPerSecond?: number; leftMs?: number }
}

export type Pulled = ClipView & { folder: string }

export type Wanted = {
  viewpointId: string
  fromMs: number
  toMs: number
  seen?(clip: ClipView): void
  timeoutMs?: number
}

const iso = (ms: number): string => new Date(ms).toISOString()

/** Asks for a clip as an operator would, and waits for its end whatever that is. */
export const pullClip = async (
  centre: Centre,
  { viewpointId, fromMs, toMs, seen, timeoutMs = 90_000 }: Wanted
): Promise<Pulled> => {
  const args = [
    '--viewpoint',
    viewpointId,
    '--from',
    iso(fromMs),
    '--to',
    iso(toMs),
    '--reason',
    'Tin báo thử nghiệm',
    '--by',
    'test'
  ]
  const { clipId } = await centre.ask<{ clipId: string }>('clip', 'request', ...args)
  let clip: ClipView | undefined
  await until(`clip ${clipId} is at its end`, timeoutMs, async () => {
    clip = await centre.ask<ClipView>('clip', 'status', clipId)
    seen?.(clip)
    return ['ready', 'noFootage', 'failed', 'cancelled'].includes(clip.state) || clip.state
  })
  return { ...clip!, folder: clip!.packagePath ? join(centre.folder, 'vault', clip!.packagePath) : '' }
}

/** `matthan-control`'s root certificate: what an outsider must have from elsewhere. */
export const rootOf = (centre: Centre): string => join(centre.folder, 'ca', 'root.pem')

/** Camera number `i` of a box, or an error that says so. */
export const cameraOf = (box: Box, i: number) => {
  const camera = box.cameras[i]
  if (!camera) throw new Error(`box ${box.name} has no camera ${i}`)
  return camera
}
