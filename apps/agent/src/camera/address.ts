import { MatthanError } from '@matthan/base/error'

/** Where a camera is asked. */
export type CameraAddress = {
  kind: 'onvif' | 'rtsp'
  /** onvif: http://host:port/path of the device service; rtsp: the stream. Without user and password. */
  url: string
  /** Name or IP address, lower case; IPv6 without brackets. */
  host: string
  port: number
}

const mostCharacters = 2000
const devicePath = '/onvif/device_service'

/**
 * Reads what a technician typed: `onvif://host[:port]`, `http://host[:port]/onvif/device_service`, `rtsp://…` or
 * `rtsps://…`.
 * @throws MatthanError usage: camera.badAddress, camera.httpsAddress, or camera.credentialInAddress for a user or
 *   password inside (an address is stored, shown and sent; the sign-in is kept apart, sealed)
 */
export const parseAddress = (typed: string): CameraAddress => {
  const text = typed.trim()
  const match = /^(onvif|https?|rtsps?):\/\/([^/?#]*)([/?#].*)?$/is.exec(text)
  if (!match?.[2] || text.length > mostCharacters || /[\s\p{Cc}]/u.test(text)) throw badAddress(text)
  const [, scheme = '', authority = '', rest = ''] = match
  if (authority.includes('@')) throw new MatthanError('usage', 'camera.credentialInAddress')
  switch (scheme.toLowerCase()) {
    case 'rtsp':
    case 'rtsps':
      return rtspAddress(text)
    case 'https':
      throw new MatthanError('usage', 'camera.httpsAddress')
    default: {
      const path = rest === '' || rest === '/' ? devicePath : rest
      const url = parseUrl(`http://${authority}${path}`)
      return { kind: 'onvif', url: url.href, host: bare(url.hostname), port: Number(url.port || 80) }
    }
  }
}

/** An RTSP address in the form that the recorder's configuration takes: any `@` of its path is escaped. */
export const rtspAddress = (text: string): CameraAddress => {
  const url = parseUrl(text)
  if (!/^rtsps?:$/.test(url.protocol) || url.hostname === '' || url.username !== '' || url.password !== '')
    throw badAddress(text)
  const host = url.hostname.toLowerCase()
  const port = Number(url.port || (url.protocol === 'rtsps:' ? 322 : 554))
  const place = url.port === '' ? host : `${host}:${url.port}`
  const path = `${url.pathname}${url.search}`.replaceAll('@', '%40')
  return { kind: 'rtsp', url: `${url.protocol}//${place}${path}`, host: bare(host), port }
}

const bare = (host: string): string => host.replace(/^\[|\]$/g, '')

const badAddress = (address: string): MatthanError =>
  new MatthanError('usage', 'camera.badAddress', { address: address.replace(/\/\/[^/]*@/, '//…@').slice(0, 200) })

const parseUrl = (text: string): URL => {
  const url = URL.parse(text)
  if (!url) throw badAddress(text)
  return url
}
