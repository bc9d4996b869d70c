import { describe, expect, test } from 'vitest'
import { parseAddress } from './address.ts'

describe('parseAddress', () => {
  test.each([
    ['onvif://192.168.1.20', 'http://192.168.1.20/onvif/device_service', '192.168.1.20', 80],
    [' onvif://CAM-1.local:8000/ ', 'http://cam-1.local:8000/onvif/device_service', 'cam-1.local', 8000],
    ['http://10.0.0.5/onvif/device_service', 'http://10.0.0.5/onvif/device_service', '10.0.0.5', 80],
    ['onvif://[fe80::1]:8080', 'http://[fe80::1]:8080/onvif/device_service', 'fe80::1', 8080]
  ])('%s is an ONVIF device', (typed, url, host, port) => {
    expect(parseAddress(typed)).toEqual({ kind: 'onvif', url, host, port })
  })

  test.each([
    ['rtsp://10.0.0.5/Streaming/Channels/101', 'rtsp://10.0.0.5/Streaming/Channels/101', 554],
    ['rtsp://Cam:8554/a@b?x=1&y=@', 'rtsp://cam:8554/a%40b?x=1&y=%40', 8554],
    ['rtsps://cam/live', 'rtsps://cam/live', 322]
  ])('%s is an RTSP stream', (typed, url, port) => {
    expect(parseAddress(typed)).toMatchObject({ kind: 'rtsp', url, port })
  })

  test.each(['rtsp://admin:secret@10.0.0.5/1', 'onvif://admin@10.0.0.5', 'http://a:b@c/onvif/device_service'])(
    '%s is refused for the sign-in inside, which the error does not repeat',
    typed => {
      const parse = () => parseAddress(typed)
      expect(parse).toThrow(expect.objectContaining({ key: 'camera.credentialInAddress' }))
      expect(parse).not.toThrow(/secret/)
    }
  )

  test.each([
    '',
    '10.0.0.5',
    'ftp://a',
    'file:///etc/passwd',
    'rtsp://',
    'onvif://',
    'rtsp://a b/',
    'rtsp://a\n/',
    'http://a:99999/'
  ])('“%s” is no address', typed => {
    expect(() => parseAddress(typed)).toThrow(expect.objectContaining({ kind: 'usage', key: 'camera.badAddress' }))
  })

  test('a very long one and one over HTTPS are refused', () => {
    expect(() => parseAddress(`rtsp://a/${'x'.repeat(3000)}`)).toThrow(
      expect.objectContaining({ key: 'camera.badAddress' })
    )
    expect(() => parseAddress('https://a/')).toThrow(expect.objectContaining({ key: 'camera.httpsAddress' }))
  })
})
