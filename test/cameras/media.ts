import { execFile, spawn } from 'node:child_process'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { newId } from '@matthan/base/id'

/**
 * The pictures that the simulated cameras send: a moving test picture of 60 s with a clock for people and a frame
 * counter for machines, encoded once and kept. Every frame carries its number in the loop, so that a test can
 * tell which frame of which instant it was given.
 */

export const framesPerSecond = 15
export const loopFrames = 900
export const gopFrames = 30
const size = { width: 640, height: 360 }

/** The counter's place: 18 cells of 16 x 16 px, on the macroblock grid. Cells 0-15 are bits (least first), 16 their parity, 17 its opposite. */
const cells = { count: 18, bits: 16, px: 16, x: 16, y: 320 }

/** What a simulated camera can send. */
export const variants = ['h264', 'h264+aac', 'h265', 'h264+g711'] as const
export type Variant = (typeof variants)[number]

/** The encoded file of each variant. */
export type Media = Record<Variant, string>

/** Change it whenever the pictures change: it names the folder that they are kept in. */
const version = 'v1'

const h264 = '-c:v libx264 -preset veryfast -profile:v main -g 30 -keyint_min 30 -sc_threshold 0 -bf 0'
const h265 =
  '-c:v libx265 -preset veryfast -tag:v hvc1 -x265-params keyint=30:min-keyint=30:scenecut=0:bframes=0:repeat-headers=1:log-level=error'
/** 32 kHz makes an AAC frame 32 ms long, so that 1875 of them are exactly one loop. */
const encoders: Record<Variant, { options: string; extension: 'mp4' | 'mov' }> = {
  h264: { options: h264, extension: 'mp4' },
  'h264+aac': { options: `${h264} -c:a aac -ar 32000 -ac 1 -b:a 48k`, extension: 'mp4' },
  h265: { options: h265, extension: 'mp4' },
  'h264+g711': { options: `${h264} -c:a pcm_alaw -ar 8000 -ac 1`, extension: 'mov' }
}

/** 18 grey pixels of one frame, which the encoder is given enlarged. */
const counterPixels = (index: number): Buffer => {
  const pixels = Buffer.alloc(cells.count)
  let parity = 0
  for (let bit = 0; bit < cells.bits; bit++) {
    const on = (index >> bit) & 1
    parity ^= on
    pixels[bit] = on * 255
  }
  pixels[cells.bits] = parity * 255
  pixels[cells.bits + 1] = (1 - parity) * 255
  return pixels
}

const counterStrip = (): Buffer => Buffer.concat(Array.from({ length: loopFrames }, (_, index) => counterPixels(index)))

const encode = async (variant: Variant, path: string): Promise<void> => {
  const filters = [
    `[0:v]drawtext=text='%{pts\\:hms}':x=16:y=16:fontsize=36:fontcolor=white:box=1:boxcolor=black[picture]`,
    `[1:v]scale=${cells.count * cells.px}:${cells.px}:flags=neighbor[counter]`,
    `[picture][counter]overlay=${cells.x}:${cells.y},format=yuv420p[out]`
  ]
  const { options } = encoders[variant]
  const withAudio = options.includes('-c:a')
  const args = [
    ...'-nostdin -v error -y -f lavfi -i'.split(' '),
    `testsrc2=size=${size.width}x${size.height}:rate=${framesPerSecond}`,
    ...`-f rawvideo -pix_fmt gray -s ${cells.count}x1 -r ${framesPerSecond} -i pipe:0`.split(' '),
    ...(withAudio ? '-f lavfi -i sine=frequency=440:sample_rate=32000'.split(' ') : []),
    ...['-filter_complex', filters.join(';'), '-map', '[out]'],
    ...(withAudio ? ['-map', '2:a'] : []),
    ...options.split(' '),
    ...`-b:v 600k -maxrate 800k -bufsize 600k -t ${loopFrames / framesPerSecond}`.split(' '),
    path
  ]
  const child = spawn('ffmpeg', args, { stdio: ['pipe', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', chunk => {
    complaint += chunk
  })
  child.stdin.on('error', () => {})
  child.stdin.end(counterStrip())
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => (code === 0 ? resolve() : reject(new Error(`ffmpeg could not encode: ${complaint}`))))
  })
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false
  )

/**
 * The encoded variants, made at the first call (about 15 s) and kept in `folder`. Several processes may call it
 * at once: each file appears whole, by rename.
 */
export const prepareMedia = async (
  folder: string = join(import.meta.dirname, '../../.cache/media')
): Promise<Media> => {
  const kept = join(folder, version)
  await mkdir(kept, { recursive: true })
  const media: Partial<Media> = {}
  for (const variant of variants) {
    const { extension } = encoders[variant]
    const path = join(kept, `${variant.replace('+', '-')}.${extension}`)
    media[variant] = path
    if (await exists(path)) continue
    const temporary = join(kept, `${newId()}.${extension}`)
    try {
      await encode(variant, temporary)
      await rename(temporary, path)
    } finally {
      await rm(temporary, { force: true })
    }
  }
  return media as Media
}

export type CountedFrame = {
  /** Number of the frame in the loop, or undefined where the picture carries no readable counter. */
  index: number | undefined
  /** The container's presentation time. */
  ptsMs: number
}

/** ffmpeg filter that leaves of each picture one grey pixel a cell: `counterBytes` bytes of raw video a frame. */
export const counterFilter = [
  `crop=${cells.count * cells.px}:${cells.px}:${cells.x}:${cells.y}`,
  `scale=${cells.count}:1:flags=area`,
  'format=gray'
].join(',')
export const counterBytes = cells.count

/** The number that `counterFilter` left of a picture. */
export const readCounter = (pixels: Uint8Array): number | undefined => {
  const on = [...pixels].map(value => (value > 128 ? 1 : 0))
  let index = 0
  let parity = 0
  for (let bit = 0; bit < cells.bits; bit++) {
    index |= on[bit]! << bit
    parity ^= on[bit]!
  }
  return on[cells.bits] === parity && on[cells.bits + 1] === 1 - parity ? index : undefined
}

/**
 * Decodes a recording and reads the counter of each of its frames, in order of presentation.
 * @param options.fromFrame number of the first frame wanted, from 0; `count` how many (default: all).
 */
export const readCounters = async (
  file: string,
  options: { fromFrame?: number; count?: number } = {}
): Promise<CountedFrame[]> => {
  const from = options.fromFrame ?? 0
  const to = options.count === undefined ? '' : `:end_frame=${from + options.count}`
  const filter = `trim=start_frame=${from}${to},${counterFilter},showinfo=checksum=0`
  const { stdout, stderr } = await promisify(execFile)(
    'ffmpeg',
    [
      ...'-nostdin -hide_banner -nostats -v info -copyts -i'.split(' '),
      file,
      ...['-map', '0:v:0', '-vf', filter, ...'-vsync passthrough -f rawvideo -'.split(' ')]
    ],
    { encoding: 'buffer', maxBuffer: 1 << 28 }
  )
  const times = [...stderr.toString('utf8').matchAll(/ pts_time:\s*(-?[\d.]+)/g)].map(match => Number(match[1]) * 1000)
  return times.map((ptsMs, i) => ({
    index: readCounter(stdout.subarray(i * counterBytes, (i + 1) * counterBytes)),
    ptsMs
  }))
}
