import { MatthanError } from '@matthan/base/error'
import type { CameraAddress } from './address.ts'
import type { Credential, ProbeOptions } from './camera.ts'
import { runOnStream } from './stream_tool.ts'

/** Only key frames are decoded: what comes before the first would be a smear. */
const args = [
  ...'-nostats -v error -skip_frame nokey {input}'.split(' '),
  ...'-map 0:v:0 -frames:v 1 -an -f image2pipe -c:v mjpeg -q:v 3 -pix_fmt yuvj420p -'.split(' ')
]
/** A 4K picture of quality 3 has about 3 MB. */
const mostBytes = 16 << 20

export type Snapshot = { jpeg: Buffer; width: number; height: number }

/** One picture of a stream now: the next key frame, as JPEG. @throws MatthanError as CameraSource.probe */
export const takeSnapshot = async (
  address: CameraAddress,
  credential: Credential | undefined,
  options: ProbeOptions
): Promise<Snapshot> => {
  const jpeg = await runOnStream({ tool: 'ffmpeg', args, address, credential, mostBytes, ...options })
  const size = jpegSize(jpeg)
  if (!size) throw new MatthanError('notFound', 'camera.noStreams', { host: address.host, reason: 'no picture' })
  return { jpeg, ...size }
}

/** Width and height of the frame header (SOF0-SOF15 but DHT, JPG and DAC; ITU T.81 B.2.2). */
export const jpegSize = (jpeg: Buffer): { width: number; height: number } | undefined => {
  if (jpeg.length < 4 || jpeg.readUInt16BE(0) !== 0xffd8) return undefined
  let at = 2
  while (at + 9 <= jpeg.length && jpeg[at] === 0xff) {
    const marker = jpeg[at + 1]!
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { height: jpeg.readUInt16BE(at + 5), width: jpeg.readUInt16BE(at + 7) }
    at += 2 + jpeg.readUInt16BE(at + 2)
  }
  return undefined
}
