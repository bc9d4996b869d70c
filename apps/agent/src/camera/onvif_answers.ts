import { MatthanError } from '@matthan/base/error'
import { rtspAddress } from './address.ts'
import type { CameraClock, CameraIdentity, CameraStream, CameraWarning } from './camera.ts'
import { at, clean, numberAt, textAt, toList } from './untrusted.ts'

/** Pure readers of ONVIF answers, as xml2js gives them (prefixes removed, attributes under `$`, text under `_`). */

export type Asked = { sentMs: number; receivedMs: number }

type DateFields = { text: string; ms: number }

/** ONVIF `tt:DateTime`. Undefined unless every field is a number that makes a real date. */
const readDateTime = (value: unknown): DateFields | undefined => {
  const [year, month, day] = ['Year', 'Month', 'Day'].map(name => numberAt(value, 'Date', name))
  const [hour, minute, second] = ['Hour', 'Minute', 'Second'].map(name => numberAt(value, 'Time', name))
  if (year === undefined || month === undefined || day === undefined) return undefined
  if (hour === undefined || minute === undefined || second === undefined) return undefined
  const ms = Date.UTC(year, month - 1, day, hour, minute, second)
  const pad = (n: number, digits = 2) => String(n).padStart(digits, '0')
  const text = `${pad(year, 4)}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(Math.min(second, 59))}`
  // A leap second is folded into the second before; 31 February is not made into March.
  return Number.isFinite(ms) && year >= 1970 && year <= 9999 && month <= 12 && day <= 31 && hour <= 23 && minute <= 59
    ? { text, ms }
    : undefined
}

/**
 * GetSystemDateAndTime (ONVIF Core): whole seconds, so when the camera said S its clock was in [S, S + 1 s), at some
 * moment between sending the question and receiving the answer.
 */
export const readClock = (answer: unknown, asked: Asked): CameraClock | undefined => {
  const root = at(answer, 'GetSystemDateAndTimeResponse', 'SystemDateAndTime')
  const utc = readDateTime(at(root, 'UTCDateTime'))
  if (!utc) return undefined
  const local = readDateTime(at(root, 'LocalDateTime'))
  const timeZone = textAt(root, 'TimeZone', 'TZ')
  const dateTimeType = textAt(root, 'DateTimeType')
  return {
    offsetMs: Math.round(utc.ms + 500 - (asked.sentMs + asked.receivedMs) / 2),
    uncertaintyMs: Math.ceil(500 + (asked.receivedMs - asked.sentMs) / 2),
    rawUtc: utc.text,
    ...(local ? { rawLocal: local.text } : {}),
    ...(timeZone ? { timeZone: clean(timeZone, 100) } : {}),
    ...(dateTimeType ? { dateTimeType: clean(dateTimeType, 20) } : {})
  }
}

export const readIdentity = (answer: unknown): CameraIdentity => {
  const field = (name: string) => clean(textAt(answer, 'GetDeviceInformationResponse', name) ?? '', 100)
  return {
    manufacturer: field('Manufacturer'),
    model: field('Model'),
    firmware: field('FirmwareVersion'),
    serial: field('SerialNumber'),
    hardwareId: field('HardwareId')
  }
}

/**
 * The media service's address. It must lie on the host that was asked: a camera must not be able to send us, with
 * its password, to somebody else.
 */
export const readMediaAddress = (answer: unknown, asked: { host: string; url: string }): string => {
  const told = textAt(answer, 'GetCapabilitiesResponse', 'Capabilities', 'Media', 'XAddr')
  if (told === undefined) return asked.url
  const url = URL.parse(told)
  if (url?.protocol !== 'http:' || url.username !== '' || url.hostname !== new URL(asked.url).hostname)
    throw new MatthanError('refused', 'camera.foreignAddress', { host: asked.host, other: clean(told, 200) })
  return url.href
}

/** ONVIF's names of codecs in ffmpeg's. */
const codecs: Record<string, string> = {
  H264: 'h264',
  H265: 'hevc',
  JPEG: 'mjpeg',
  MPEG4: 'mpeg4',
  AAC: 'aac',
  G711: 'g711',
  G726: 'g726'
}
const codecOf = (told: string | undefined): string | undefined =>
  told === undefined ? undefined : (codecs[told.toUpperCase()] ?? clean(told, 20).toLowerCase())

const mostProfiles = 64

export type Profile = Omit<CameraStream, 'rtspUrl'>

/** Profiles that carry a picture, each token once; a profile without RateControl or Bounds is as good as any. */
export const readProfiles = (answer: unknown): Profile[] => {
  const profiles = new Map<string, Profile>()
  for (const told of toList(at(answer, 'GetProfilesResponse', 'Profiles'))) {
    const token = textAt(told, '$', 'token')
    const encoder = at(told, 'VideoEncoderConfiguration')
    const source = at(told, 'VideoSourceConfiguration')
    if (token === undefined || token.length > 100 || profiles.has(token) || profiles.size === mostProfiles) continue
    if (encoder === undefined && source === undefined) continue
    const fps = numberAt(encoder, 'RateControl', 'FrameRateLimit')
    const audioCodec = codecOf(textAt(told, 'AudioEncoderConfiguration', 'Encoding'))
    profiles.set(token, {
      token,
      name: clean(textAt(told, 'Name') ?? token, 100),
      codec: codecOf(textAt(encoder, 'Encoding')) ?? 'unknown',
      width: numberAt(encoder, 'Resolution', 'Width') ?? numberAt(source, 'Bounds', '$', 'width') ?? 0,
      height: numberAt(encoder, 'Resolution', 'Height') ?? numberAt(source, 'Bounds', '$', 'height') ?? 0,
      ...(fps ? { fps } : {}),
      ...(audioCodec ? { audioCodec } : {})
    })
  }
  return [...profiles.values()]
}

/** The stream's address without any sign-in that the camera put into it, or the warning why it is not used. */
export const readStreamUri = (answer: unknown, token: string, host: string): { url: string } | CameraWarning => {
  const told = textAt(answer, 'GetStreamUriResponse', 'MediaUri', 'Uri')?.replace(/:\/\/[^/?#]*@/, '://')
  const name = clean(token, 100)
  if (told === undefined) return { key: 'camera.streamNotNamed', params: { token: name } }
  try {
    const address = rtspAddress(told)
    if (address.host === host) return { url: address.url }
    return { key: 'camera.streamElsewhere', params: { token: name, other: clean(address.host, 200) } }
  } catch {
    return { key: 'camera.streamNotNamed', params: { token: name } }
  }
}

/** What a device's answer means that the library could not use: `answer` is its raw text, HTTP head first. */
export const answerToError = (answer: string, reason: string, host: string): MatthanError => {
  const network = /^Network Error: (.*)/.exec(reason)?.[1]
  if (network !== undefined && answer === '')
    return new MatthanError('unreachable', 'camera.unreachable', { host, reason: clean(network, 200) })
  const authorised = !/^HTTP\/1\.\d 40[13]/.test(answer)
  if (!authorised || /[:>](NotAuthorized|FailedAuthentication|FailedCheck|InvalidSecurityToken)</.test(answer))
    return new MatthanError('refused', 'camera.signInRefused', { host })
  if (/<(?:[\w-]+:)?Fault[\s>]/.test(answer)) {
    const said = /<(?:[\w-]+:)?Text(?:\s[^>]*)?>([^<]*)</.exec(answer)?.[1] ?? ''
    const codes = [...answer.matchAll(/<(?:[\w-]+:)?Value>\s*([\w:-]+)\s*</g)].map(match => match[1])
    return new MatthanError('notFound', 'camera.fault', { host, reason: clean(`${said} (${codes.join(' ')})`, 300) })
  }
  return new MatthanError('notFound', 'camera.notOnvif', { host })
}
