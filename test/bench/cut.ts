import { execFileSync, spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync
} from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cutClip } from '@matthan/media/clip'
import { type ClipSegment, planParts } from '@matthan/media/clip-plan'
import { type Figure, median } from './table.ts'

const minutes = 12
const cutSeconds = 600
const startSeconds = 17.3
const runs = 7

/** Twelve minutes of 1080p25 H.264 at 4 Mbit/s with AAC in 60 s segments, as the recorder writes them; encoded once. */
const material = (folder: string): ClipSegment[] => {
  mkdirSync(folder, { recursive: true })
  const base = join(folder, 'base.mp4')
  if (!existsSync(base)) {
    const picture = [
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=1920x1080:rate=25',
      '-f',
      'lavfi',
      '-i',
      'sine=frequency=440:sample_rate=48000'
    ]
    const rate = [
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-bf',
      '0',
      '-g',
      '50',
      '-b:v',
      '4M',
      '-minrate',
      '4M',
      '-maxrate',
      '4M',
      '-bufsize',
      '2M',
      '-x264-params',
      'nal-hrd=cbr'
    ]
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...picture, '-t', '60', ...rate, '-c:a', 'aac', '-b:a', '96k', base])
  }
  const flags = 'movflags=frag_keyframe+empty_moov+default_base_moof:flush_packets=1:write_prft=wallclock'
  const list = join(folder, 'list.csv')
  execFileSync('ffmpeg', [
    '-v',
    'error',
    '-y',
    '-stream_loop',
    String(minutes - 1),
    '-i',
    base,
    '-c',
    'copy',
    '-f',
    'segment',
    '-segment_time',
    '60',
    '-segment_format',
    'mp4',
    '-segment_format_options',
    flags,
    '-segment_list',
    list,
    join(folder, '%06d.mp4')
  ])
  const runId = '0193563e-1c00-7000-8000-000000000001'
  return readFileSync(list, 'utf8')
    .trim()
    .split('\n')
    .map(line => {
      const [name, from, to] = line.split(',')
      return {
        path: join(folder, name!),
        channelId: runId,
        runId,
        videoCodec: 'h264',
        audioCodec: 'aac',
        mediaStartMs: Number(from) * 1000,
        mediaEndMs: Number(to) * 1000,
        anchors: [{ fromMediaMs: 0, utcMinusMediaMs: 0 }]
      }
    })
}

const wallOf = async (work: () => Promise<void> | void): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

const shell = (command: string, cwd: string): void => {
  const done = spawnSync('bash', ['-o', 'pipefail', '-c', command], { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  if (done.status !== 0) throw new Error(`${command} ended with ${done.status}`)
}

/** The whole cut, as the box and the centre do it: plan, copy, hash in the same pass. */
const ours = async (segments: ClipSegment[], to: string): Promise<void> => {
  const range = { fromMs: startSeconds * 1000, toMs: (startSeconds + cutSeconds) * 1000 }
  const [part] = await planParts(segments, range)
  const output = await open(to, 'w')
  try {
    const clip = await cutClip(part!, range, output)
    if (!clip || clip.frames < cutSeconds * 25) throw new Error(`only ${clip?.frames} frames`)
  } finally {
    await output.close()
  }
}

/** Exactly as many bytes as the clip has, as pieces of the originals: what `cat` must copy at least. */
const exactPieces = (segments: ClipSegment[], bytes: number, folder: string): string => {
  const target = join(folder, 'exact.bin')
  const out = openSync(target, 'w')
  let left = bytes
  for (const { path } of segments) {
    const size = Math.min(left, statSync(path).size)
    const buffer = Buffer.alloc(size)
    const file = openSync(path, 'r')
    readSync(file, buffer, 0, size, 0)
    closeSync(file)
    writeSync(out, buffer)
    left -= size
  }
  closeSync(out)
  return target
}

export const measureCut = async (): Promise<Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'matthan-bench-'))
  try {
    const segments = material(folder)
    const clip = join(folder, 'clip.mp4')
    await ours(segments, clip)
    exactPieces(segments, statSync(clip).size, folder)
    const entries = segments.slice(0, 11).map(one => `file '${one.path}'\nduration 60\n`)
    const list = join(folder, 'concat.txt')
    const file = openSync(list, 'w')
    writeSync(file, `ffconcat version 1.0\n${entries.join('')}`)
    closeSync(file)
    const arms: Record<string, () => Promise<void> | void> = {
      exact: () => shell('cat exact.bin > copy.bin; openssl dgst -sha256 copy.bin', folder),
      typed: () =>
        shell(
          `ffmpeg -v error -y -f concat -safe 0 -ss ${startSeconds} -t ${cutSeconds} -i concat.txt -c copy -movflags faststart typed.mp4 && sha256sum typed.mp4`,
          folder
        ),
      ours: () => ours(segments, clip),
      streamed: () => ours(segments, '/dev/null')
    }
    const walls: Record<string, number[]> = { exact: [], typed: [], ours: [], streamed: [] }
    for (let run = 0; run < runs; run++)
      for (const [name, work] of Object.entries(arms)) walls[name]!.push(await wallOf(work))
    const of = (name: string) => median(walls[name]!)
    const ms = (name: string) => `${of(name).toFixed(0)} ms`
    const megabytes = (statSync(clip).size / 1e6).toFixed(0)
    return [
      {
        what: `cut ten minutes, hash, write (${megabytes} MB)`,
        against: 'exact `cat` + `openssl`',
        ratio: of('ours') / of('exact'),
        goal: 1.25,
        detail: `${ms('ours')} beside ${ms('exact')}`
      },
      {
        what: 'the same, streamed without a file',
        against: 'exact `cat` + `openssl`',
        ratio: of('streamed') / of('exact'),
        goal: 0.7,
        detail: ms('streamed')
      },
      {
        what: 'the same, to a file',
        against: '`ffmpeg faststart && sha256sum`',
        ratio: of('ours') / of('typed'),
        goal: 0.4,
        detail: `${ms('ours')} beside ${ms('typed')}`
      }
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
