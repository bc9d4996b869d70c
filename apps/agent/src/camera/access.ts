import { MatthanError } from '@matthan/base/error'
import { openSecret } from '@matthan/base/secret'
import type { CameraRow } from '../store/cameras.ts'
import { parseAddress, rtspAddress } from './address.ts'
import { anyCamera, type CameraFacts, type Credential, type ProbeOptions } from './camera.ts'
import { onvifCamera } from './onvif.ts'
import { rtspCamera } from './rtsp.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'

/** The cameras of this box, by channel. */
export type CameraAccess = {
  /** @throws MatthanError notFound for a channel that is not of this box; else as CameraSource.probe */
  probe(channelId: string, options: ProbeOptions): Promise<CameraFacts>
  snapshot(channelId: string, options: ProbeOptions): Promise<Snapshot>
}

export const makeCameraAccess = (options: {
  get(channelId: string): CameraRow | undefined
  secretKey(): Buffer
  mainFile: URL
}): CameraAccess => {
  const source = anyCamera({ onvif: onvifCamera({ mainFile: options.mainFile }), rtsp: rtspCamera })

  const camera = (channelId: string): CameraRow => {
    const row = options.get(channelId)
    if (!row || row.removedMs !== undefined)
      throw new MatthanError('notFound', 'agent.noSuchCamera', { camera: channelId })
    return row
  }
  const credential = ({ userName, sealedPassword }: CameraRow): Credential | undefined =>
    userName ? { userName, password: sealedPassword ? openSecret(options.secretKey(), sealedPassword) : '' } : undefined

  return {
    probe: async (channelId, probe) => {
      const row = camera(channelId)
      return await source.probe(parseAddress(row.address), credential(row), probe)
    },
    snapshot: async (channelId, probe) => {
      const row = camera(channelId)
      return await takeSnapshot(rtspAddress(row.streamUrl), credential(row), probe)
    }
  }
}
