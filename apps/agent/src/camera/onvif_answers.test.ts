import { describe, expect, test } from 'vitest'
import { answerToError, readClock, readMediaAddress, readProfiles, readStreamUri } from './onvif_answers.ts'

const clockAnswer = (date: [number, number, number], time: [number, number, number]) => {
  const [Year, Month, Day] = date.map(String)
  const [Hour, Minute, Second] = time.map(String)
  const UTCDateTime = { Date: { Year, Month, Day }, Time: { Hour, Minute, Second } }
  return { GetSystemDateAndTimeResponse: { SystemDateAndTime: { DateTimeType: 'Manual', UTCDateTime } } }
}

describe('readClock', () => {
  const sentMs = Date.UTC(2027, 0, 31, 23, 59, 59, 900)

  test('the true offset lies within the uncertainty, whatever part of the second it was', () => {
    for (const trueOffset of [-86_400_000, -1, 0, 499, 500, 999, 123_456_789]) {
      const told = new Date(sentMs + 40 + trueOffset)
      const answer = clockAnswer(
        [told.getUTCFullYear(), told.getUTCMonth() + 1, told.getUTCDate()],
        [told.getUTCHours(), told.getUTCMinutes(), told.getUTCSeconds()]
      )
      const clock = readClock(answer, { sentMs, receivedMs: sentMs + 100 })!
      expect(Math.abs(clock.offsetMs - trueOffset)).toBeLessThanOrEqual(clock.uncertaintyMs)
      expect(clock.uncertaintyMs).toBe(550)
    }
  })

  test('dates that are none, or none of this world, are no clock', () => {
    const asked = { sentMs, receivedMs: sentMs }
    expect(readClock(clockAnswer([0, 0, 0], [0, 0, 0]), asked)).toBeUndefined()
    expect(readClock(clockAnswer([2026, 13, 1], [0, 0, 0]), asked)).toBeUndefined()
    expect(readClock(clockAnswer([99_999, 1, 1], [0, 0, 0]), asked)).toBeUndefined()
    expect(readClock(clockAnswer([2026, 1, 1], [24, 0, 0]), asked)).toBeUndefined()
    for (const nonsense of [undefined, null, 'x', [], {}, { GetSystemDateAndTimeResponse: [] }])
      expect(readClock(nonsense, asked)).toBeUndefined()
  })
})

describe('addresses that a camera tells', () => {
  const asked = { host: '10.0.0.5', url: 'http://10.0.0.5/onvif/device_service' }
  const media = (XAddr?: unknown) => ({ GetCapabilitiesResponse: { Capabilities: { Media: { XAddr } } } })
  const uri = (Uri: unknown) => ({ GetStreamUriResponse: { MediaUri: { Uri } } })

  test('the media service may lie on another port of the same host, or be left out', () => {
    expect(readMediaAddress(media('http://10.0.0.5:8000/onvif/media?x=1'), asked)).toBe(
      'http://10.0.0.5:8000/onvif/media?x=1'
    )
    expect(readMediaAddress(media(), asked)).toBe(asked.url)
  })

  test.each([
    'http://10.0.0.6/onvif/media',
    'http://167772166/',
    'http://admin@10.0.0.5/',
    'https://10.0.0.5/',
    'file:///etc/passwd',
    'http://169.254.169.254/latest',
    'nonsense'
  ])('%s is not followed', told => {
    expect(() => readMediaAddress(media(told), asked)).toThrow(
      expect.objectContaining({ key: 'camera.foreignAddress' })
    )
  })

  test('a stream keeps its path and loses its sign-in', () => {
    expect(readStreamUri(uri('rtsp://admin:p@ss@10.0.0.5:554/a?b=1&c=2'), 't', '10.0.0.5')).toEqual({
      url: 'rtsp://10.0.0.5:554/a?b=1&c=2'
    })
  })

  test.each([undefined, '', 'http://10.0.0.5/a', 'rtsp://', 'rtsp://10.0.0.6/a', { _: 'rtsp://evil/a' }])(
    'the stream %s is a warning',
    told => {
      expect(readStreamUri(uri(told), 't', '10.0.0.5')).toHaveProperty('key')
    }
  )
})

test('profiles of any shape give streams or nothing', () => {
  const root = (Profiles: unknown) => ({ GetProfilesResponse: { Profiles } })
  for (const nonsense of [undefined, '', 'x', [null, 1, 'y', { $: 'z' }], { $: { token: '' } }])
    expect(readProfiles(root(nonsense))).toEqual([])
  const many = Array.from({ length: 500 }, (_, i) => ({ $: { token: `t${i}` }, VideoEncoderConfiguration: {} }))
  expect(readProfiles(root(many))).toHaveLength(64)
  const odd = {
    $: { token: 'a' },
    Name: 'tên\u202e\n'.repeat(99),
    VideoEncoderConfiguration: { Resolution: { Width: '-4' } }
  }
  const [profile] = readProfiles(root(odd))
  expect(profile).toMatchObject({ token: 'a', width: 0, codec: 'unknown' })
  expect(profile!.name).not.toMatch(/[\u202e\n]/)
  expect(profile!.name.length).toBeLessThanOrEqual(100)
})

test('what an unusable answer means is read from its raw text', () => {
  const keyOf = (answer: string, reason = '') => answerToError(answer, reason, 'h').key
  expect(keyOf('', 'Network Error: connect ECONNREFUSED 10.0.0.5:80')).toBe('camera.unreachable')
  expect(keyOf('HTTP/1.1 401 Unauthorized\r\n\r\n')).toBe('camera.signInRefused')
  expect(keyOf('HTTP/1.1 400 Bad Request\r\n\r\n<s:Fault><s:Value>ter:NotAuthorized</s:Value>')).toBe(
    'camera.signInRefused'
  )
  expect(keyOf('HTTP/1.1 500 x\r\n\r\n<s:Fault><s:Text xml:lang="en">No</s:Text>')).toBe('camera.fault')
  expect(keyOf('HTTP/1.1 200 OK\r\n\r\n')).toBe('camera.notOnvif')
})
