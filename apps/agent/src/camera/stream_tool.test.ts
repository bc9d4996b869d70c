import { describe, expect, test } from 'vitest'
import { complaintToError, concatScript, withoutSignIn } from './stream_tool.ts'

describe('the ffconcat script', () => {
  test('carries the sign-in escaped, and cannot be broken out of', () => {
    const credential = { userName: "ad'min", password: "a'\nfile '/etc/passwd" }
    const script = concatScript("rtsp://h/it's", credential, 5000)
    expect(script.split('\n')).toEqual([
      'ffconcat version 1.0',
      "file 'rtsp://ad'\\''min:a'\\''%0Afile%20'\\''%2Fetc%2Fpasswd@h/it'\\''s'",
      'option rtsp_transport tcp',
      'option timeout 5000000',
      ''
    ])
  })
})

test('a sign-in is taken out of what ffmpeg says', () => {
  const said = "[concat @ 0x1] Impossible to open 'rtsp://admin:M%E1%BA%ADt%40@127.0.0.1/cam1'"
  expect(withoutSignIn(said)).toBe("[concat @ 0x1] Impossible to open 'rtsp://127.0.0.1/cam1'")
})

test.each([
  ['method DESCRIBE failed: 401 Unauthorized', 'camera.signInRefused'],
  ['method DESCRIBE failed: 404 Not Found', 'camera.noSuchStream'],
  ['Connection refused', 'camera.unreachable'],
  ['No route to host', 'camera.unreachable'],
  ['Connection timed out', 'camera.tooSlow'],
  ['Invalid data found when processing input', 'camera.noStreams']
])('“%s” means %s', (said, key) => {
  expect(complaintToError(said, 'h', 1000).key).toBe(key)
})
