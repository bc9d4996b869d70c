import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '@matthan/base/files'
import { makeSecretKey, readSecretKey } from '@matthan/base/secret'
import type { RecorderConfig } from '@matthan/protocol/recording'
import type { CameraRow } from '../store/cameras.ts'

export const secretKeyPath = (dataFolder: string): string => join(dataFolder, 'secret.key')

/** The key that seals camera passwords on this box (base/secret); made at the first camera. */
export const ensureSecretKey = async (dataFolder: string): Promise<Buffer> => {
  const path = secretKeyPath(dataFolder)
  try {
    return readSecretKey(path)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error
    await makeSecretKey(path)
    return readSecretKey(path)
  }
}

/**
 * Brings recorder.json, from which our recorder works, up to what the store says. Written only when it differs, so that
 * the recorder isn't woken for nothing.
 * @returns whether it was written
 */
export const writeRecorderConfig = async (
  dataFolder: string,
  cameras: readonly CameraRow[],
  segmentSeconds: number
): Promise<boolean> => {
  const config: RecorderConfig = {
    v: 1,
    segmentSeconds,
    channels: cameras
      .filter(camera => camera.removedMs === undefined)
      .map(({ channelId, streamUrl, userName, sealedPassword }) => ({
        channelId,
        url: streamUrl,
        ...(userName ? { userName } : {}),
        ...(sealedPassword ? { sealedPassword } : {}),
        enabled: true
      }))
  }
  const path = join(dataFolder, 'recorder.json')
  const text = `${JSON.stringify(config, undefined, 2)}\n`
  if ((await readFile(path, 'utf8').catch(() => '')) === text) return false
  await writeDurably(path, text, 0o640)
  return true
}
