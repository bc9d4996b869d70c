import type { OrderOutput } from '@matthan/protocol/orders'
import type { CameraFacts, ProbeOptions } from '../camera/camera.ts'
import type { OrderHandler } from './handler.ts'

export type ProbeDeps = {
  /** Asks the camera of a channel. @throws MatthanError notFound for a channel that is not of this box */
  probe(channelId: string, options: ProbeOptions): Promise<CameraFacts>
  /** What was learnt; the inventory follows from it. */
  learnt(channelId: string, facts: CameraFacts): void
}

const deadlineMs = 15_000
/** Cameras say what they like; the contract has bounds. */
const most = 100

/** Asks a camera who it is and what it streams. */
export const makeProbeCamera =
  ({ probe, learnt }: ProbeDeps): OrderHandler<'probeCamera'> =>
  async ({ channelId }, { signal }) => {
    const facts = await probe(channelId, { deadlineMs, signal })
    learnt(channelId, facts)
    const { kind, identity, clock, streams } = facts
    return {
      kind,
      ...(identity
        ? {
            manufacturer: identity.manufacturer.slice(0, most),
            model: identity.model.slice(0, most),
            firmware: identity.firmware.slice(0, most),
            serial: identity.serial.slice(0, most)
          }
        : {}),
      ...(clock ? { clockOffsetMs: clock.offsetMs, clockUncertaintyMs: clock.uncertaintyMs } : {}),
      streams: streams
        .slice(0, 64)
        .map(({ token, codec, width, height, fps, audioCodec }): OrderOutput<'probeCamera'>['streams'][number] => ({
          token: token.slice(0, most),
          videoCodec: codec.slice(0, 20),
          width,
          height,
          ...(fps === undefined ? {} : { fps }),
          ...(audioCodec === undefined ? {} : { audioCodec: audioCodec.slice(0, 20) })
        }))
    }
  }
