import type { Params, TextKey } from '@matthan/base/text/say'
import type { CameraAddress } from './address.ts'

/** Who signs in at a camera. Never part of an address, an argument vector, a log or an answer. */
export type Credential = { userName: string; password: string }

export type CameraIdentity = {
  manufacturer: string
  model: string
  firmware: string
  serial: string
  hardwareId: string
}

/**
 * The camera's clock against this machine's: offset = camera − box, + = the camera is fast. ONVIF tells whole
 * seconds, so the true offset lies within offset ± uncertainty (half a second and half the round trip).
 */
export type CameraClock = {
  offsetMs: number
  uncertaintyMs: number
  /** As the camera said it, `yyyy-mm-ddThh:mm:ss` without a zone. */
  rawUtc: string
  rawLocal?: string
  timeZone?: string
  /** Manual or NTP. */
  dateTimeType?: string
}

/** One stream of an address (a channel of a recorder). What a camera claims by ONVIF need not be true; RTSP facts were measured. */
export type CameraStream = {
  token: string
  name: string
  /** rtsp:// or rtsps:// without user and password, on the host that was asked. */
  rtspUrl: string
  /** ffmpeg's name (h264, hevc, mjpeg …), or `unknown`. */
  codec: string
  /** Pixels; 0 when the camera does not say. */
  width: number
  height: number
  fps?: number
  audioCodec?: string
}

/** Something a person should know that did not stop the probe. */
export type CameraWarning = { key: TextKey; params: Params }

export type CameraFacts = {
  kind: 'onvif' | 'rtsp'
  identity?: CameraIdentity
  clock?: CameraClock
  /** At least one. */
  streams: CameraStream[]
  warnings: CameraWarning[]
}

export type ProbeOptions = { deadlineMs: number; signal?: AbortSignal }

/** The port: asks a camera who it is and what it streams. */
export type CameraSource = {
  /**
   * Settles within the deadline, whatever the camera does.
   * @throws MatthanError with a key of the text room `camera`: unreachable (unreachable, tooSlow, cutOff), refused
   *   (signInRefused, foreignAddress), notFound (noStreams, noSuchStream, notOnvif, fault), exhausted (tooLarge,
   *   tooDeep, tooMuchMemory); AbortError when told to stop
   */
  probe(address: CameraAddress, credential: Credential | undefined, options: ProbeOptions): Promise<CameraFacts>
}

/** The source for whatever kind of address a technician gave. */
export const anyCamera = (sources: Record<CameraAddress['kind'], CameraSource>): CameraSource => ({
  probe: (address, credential, options) => sources[address.kind].probe(address, credential, options)
})
