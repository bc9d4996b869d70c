import { expect, test } from 'vitest'
import { ffmpegCommand, inputScript } from './arguments.ts'

const channelId = '01a20d18-dd6b-7119-a2f7-82a10b91ce4b'
const channel = { channelId, url: "rtsp://10.0.0.5/it's", userName: 'ad:min', enabled: true }

test('the password is in the script, quoted for the URL and for the concat demuxer', () => {
  expect(inputScript(channel, "p@ss/wo'rd")).toBe(
    [
      'ffconcat version 1.0',
      "file 'rtsp://ad%3Amin:p%40ss%2Fwo'\\''rd@10.0.0.5/it'\\''s'",
      'option rtsp_transport tcp',
      'option timeout 5000000',
      ''
    ].join('\n')
  )
  expect(inputScript({ channelId, url: 'rtsp://h/x', enabled: true }, undefined)).toContain("file 'rtsp://h/x'")
})

test('ffmpeg runs under the lock of its channel, and sound is left out only when told', () => {
  const options = { lock: '/f/.lock', folder: '/f/run', segmentSeconds: 60 }
  const { command, args } = ffmpegCommand({ ...options, writing: { container: 'mov', sound: true } })
  expect(command).toBe('flock')
  expect(args.slice(0, 6)).toEqual(['--no-fork', '-n', '-E', '75', '/f/.lock', 'ffmpeg'])
  expect(args).toContain('0:a?')
  expect(args.at(-1)).toBe('/f/run/%06d.mov')
  expect(ffmpegCommand({ ...options, writing: { container: 'mov', sound: false } }).args).not.toContain('0:a?')
})
