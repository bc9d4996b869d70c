import { lookup } from 'node:dns/promises'
import http from 'node:http'
import { isIP } from 'node:net'
import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { OnvifServiceDevice, OnvifServiceMedia } from 'node-onvif-ts'
import type { CameraAddress } from './address.ts'
import type { CameraFacts, CameraStream, CameraWarning, Credential } from './camera.ts'
import {
  answerToError,
  readClock,
  readIdentity,
  readMediaAddress,
  readProfiles,
  readStreamUri
} from './onvif_answers.ts'
import { type Guard, makeGuard } from './onvif_guard.ts'

/**
 * The ONVIF conversation, in a worker of its own (room `onvif`): node-onvif-ts makes the questions, signs them and
 * parses the answers; whom it may talk to, how much it may read and what an answer means is decided here.
 */

export type OnvifQuestion = { address: CameraAddress; credential: Credential | undefined }

const limits = { mostBytes: 1 << 20, mostDepth: 100 }

/** The library writes user names and tokens into XML as they are. */
const escapeXml = (text: string): string =>
  text.replace(/[<>&"']/g, character => `&#${character.codePointAt(0)};`).replace(/\p{Cc}/gu, '')

type Account = { user?: string; pass?: string }

/**
 * The library's services, mended: with a clock difference that we set (its own is 28 days wrong at a month's end,
 * and media has none), and with the query of an address, which it drops.
 */
class Device extends OnvifServiceDevice {
  constructor(xaddr: string, account: Account, differenceMs: number) {
    super({ xaddr, ...account })
    this.timeDiff = differenceMs
    this.oxaddr.pathname = this.oxaddr.path
  }
}
class Media extends OnvifServiceMedia {
  constructor(xaddr: string, account: Account, differenceMs: number) {
    super({ xaddr, ...account, timeDiff: differenceMs })
    this.timeDiff = differenceMs
    this.oxaddr.pathname = this.oxaddr.path
  }
}

export const probeOnvif = async (question: OnvifQuestion, clock: Clock): Promise<CameraFacts> => {
  const { address, credential } = question
  const guard = makeGuard({ host: address.host, ip: await resolve(address.host), ...limits })
  // The library takes the default agent; this thread has its own.
  http.globalAgent = guard.agent
  const call = asking(guard, address.host)
  const account = credential ? { user: escapeXml(credential.userName), pass: credential.password } : {}

  const { cameraClock, warnings } = await askClock(new Device(address.url, {}, 0), call, clock)
  const differenceMs = cameraClock?.offsetMs ?? 0
  const device = new Device(address.url, account, differenceMs)
  const capabilities = await call(() => device.getCapabilities())
  const media = new Media(readMediaAddress(capabilities, address), account, differenceMs)
  const identity = readIdentity(await call(() => device.getDeviceInformation()))
  const streams: CameraStream[] = []
  for (const profile of readProfiles(await call(() => media.getProfiles()))) {
    const found = await askStream(media, call, profile.token, address.host)
    if ('url' in found) streams.push({ ...profile, rtspUrl: found.url })
    else warnings.push(found)
  }
  if (streams.length === 0) throw noStreams(address.host, warnings)
  return { kind: 'onvif', identity, ...(cameraClock ? { clock: cameraClock } : {}), streams, warnings }
}

/** Once, so that a name cannot lead somewhere else for the next question. */
const resolve = async (host: string): Promise<string> => {
  if (isIP(host)) return host
  try {
    return (await lookup(host)).address
  } catch (error) {
    throw new MatthanError('unreachable', 'camera.unreachable', { host, reason: (error as Error).message })
  }
}

type Call = (ask: () => Promise<{ data: unknown }>) => Promise<unknown>

/** Asks one question; any failure of library or camera comes out as what it means. */
const asking =
  (guard: Guard, host: string): Call =>
  async ask => {
    try {
      // The library waits for ever when a connection ends in the middle of an answer.
      const { data } = await Promise.race([ask(), guard.violated, guard.closed()])
      return data
    } catch (error) {
      if (error instanceof MatthanError) throw error
      throw guard.violation() ?? answerToError(guard.newestAnswer(), String((error as Error).message), host)
    }
  }

/** Asked before signing in (PRE_AUTH), since a sign-in is only accepted in the camera's own time. */
const askClock = async (device: Device, call: Call, clock: Clock) => {
  const warnings: CameraWarning[] = []
  const sentMs = clock.nowMs()
  const startedMs = clock.monoMs()
  const answer = await call(() => device.getSystemDateAndTime()).catch(error => {
    // A camera that only tells its time to those who signed in is asked to sign them in by our time.
    if (error instanceof MatthanError && (error.key === 'camera.signInRefused' || error.key === 'camera.fault')) return
    throw error
  })
  const cameraClock = readClock(answer, { sentMs, receivedMs: sentMs + clock.monoMs() - startedMs })
  if (!cameraClock) warnings.push({ key: 'camera.clockNotTold', params: {} })
  return { cameraClock, warnings }
}

/** RTP over RTSP over TCP, which is what the recorder uses. A profile without an address is a warning, not the end. */
const askStream = async (media: Media, call: Call, token: string, host: string) => {
  try {
    const answer = await call(() => media.getStreamUri({ ProfileToken: escapeXml(token), Protocol: 'RTSP' }))
    return readStreamUri(answer, token, host)
  } catch (error) {
    if (error instanceof MatthanError && error.key === 'camera.fault')
      return { key: 'camera.streamNotNamed', params: { token } } as const
    throw error
  }
}

const noStreams = (host: string, warnings: CameraWarning[]): MatthanError => {
  const elsewhere = warnings.find(warning => warning.key === 'camera.streamElsewhere')
  return elsewhere
    ? new MatthanError('refused', 'camera.foreignAddress', { host, other: String(elsewhere.params.other) })
    : new MatthanError('notFound', 'camera.noStreams', { host, reason: '' })
}
