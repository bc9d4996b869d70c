import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isRefusedCodec, readComplaint, withoutSecrets } from './complaint.ts'

const words = `[rtsp @ 0x55d0] method DESCRIBE failed: 401 Unauthorized
[concat @ 0x55d1] Impossible to open 'rtsp://admin:M%E1%BA%ADt%23@10.0.0.5:554/cam'
pipe:3: Server returned 401 Unauthorized (authorization failed)
`

test('a refused password is a matter of signing in, and is not repeated', () => {
  const { cause, detail } = readComplaint(words, ['Mật#'])
  expect(cause).toBe('signIn')
  expect(detail).toBe('pipe:3: Server returned 401 Unauthorized (authorization failed)')
})

test('each way to fail has its cause', () => {
  const causeOf = (line: string) => readComplaint(line, []).cause
  expect(causeOf('pipe:3: Connection refused')).toBe('camera')
  expect(causeOf('pipe:3: No route to host')).toBe('link')
  expect(causeOf('[tcp @ 0x1] Connection to tcp://10.0.0.5:554 failed: Connection timed out')).toBe('link')
  expect(causeOf('av_interleaved_write_frame(): No space left on device')).toBe('disk')
  expect(causeOf('')).toBe('camera')
})

test('no password is left, however it is spelled', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4, unit: 'grapheme' }), password => {
      const url = `rtsp://admin:${encodeURIComponent(password)}@host/cam`
      const clean = withoutSecrets(`cannot open '${url}' with ${password}`, [password])
      expect(clean).not.toContain(`:${encodeURIComponent(password)}@`)
      expect(clean.replaceAll('…', '')).toBe("cannot open 'rtsp://host/cam' with ")
    })
  )
})

test('a codec that the container does not take is told apart from a camera that does not answer', () => {
  expect(isRefusedCodec('Could not find tag for codec pcm_alaw in stream #1, codec not currently supported')).toBe(true)
  expect(isRefusedCodec(words)).toBe(false)
})
