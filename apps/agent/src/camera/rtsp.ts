import { MatthanError } from '@matthan/base/error'
import type { CameraAddress } from './address.ts'
import type { CameraFacts, CameraSource, CameraStream, Credential, ProbeOptions } from './camera.ts'
import { runOnStream } from './stream_tool.ts'
import { clean, numberAt, textAt, toList } from './untrusted.ts'

const showStreams = 'stream=codec_type,codec_name,width,height,avg_frame_rate'
const mostBytes = 1 << 18

/** A plain RTSP address: one stream, measured by ffprobe. */
export const rtspCamera: CameraSource = {
  probe: async (address: CameraAddress, credential: Credential | undefined, options: ProbeOptions) => {
    const args = ['-v', 'error', '{input}', '-show_entries', showStreams, '-of', 'json']
    const answer = await runOnStream({ tool: 'ffprobe', args, address, credential, mostBytes, ...options })
    return readProbe(address, JSON.parse(answer.toString('utf8')))
  }
}

/** ffprobe's answer; the names in it are ffmpeg's own, the numbers come from the camera. */
export const readProbe = (address: CameraAddress, answer: unknown): CameraFacts => {
  const found = toList((answer as { streams?: unknown }).streams)
  const video = found.find(stream => textAt(stream, 'codec_type') === 'video')
  const audio = found.find(stream => textAt(stream, 'codec_type') === 'audio')
  if (!video) throw new MatthanError('notFound', 'camera.noStreams', { host: address.host, reason: '' })
  const fps = rate(textAt(video, 'avg_frame_rate'))
  const audioCodec = textAt(audio, 'codec_name')
  const stream: CameraStream = {
    token: 'rtsp',
    name: clean(new URL(address.url).pathname, 100) || 'rtsp',
    rtspUrl: address.url,
    codec: textAt(video, 'codec_name') ?? 'unknown',
    width: numberAt(video, 'width') ?? 0,
    height: numberAt(video, 'height') ?? 0,
    ...(fps === undefined ? {} : { fps }),
    ...(audioCodec === undefined ? {} : { audioCodec })
  }
  return { kind: 'rtsp', streams: [stream], warnings: [] }
}

/** `15/1` → 15. */
const rate = (text: string | undefined): number | undefined => {
  const [over, under] = (text ?? '').split('/').map(Number)
  return over && under ? Math.round((over / under) * 100) / 100 : undefined
}
