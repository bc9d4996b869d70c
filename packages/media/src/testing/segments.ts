import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClipSegment } from '../clip-plan.ts'

export type Variant = 'h264' | 'hevc' | 'h264+aac' | 'h264+alaw'

const encoders: Record<Variant, string> = {
  h264: '-c:v libx264 -preset ultrafast -g 30 -bf 0',
  hevc: '-c:v libx265 -preset ultrafast -x265-params keyint=30:min-keyint=30:bframes=0:log-level=none',
  'h264+aac': '-c:v libx264 -preset ultrafast -g 30 -bf 0 -c:a aac -b:a 32k',
  'h264+alaw': '-c:v libx264 -preset ultrafast -g 30 -bf 0 -c:a pcm_alaw -ar 8000 -ac 1'
}

/** Segments as the recorder's ffmpeg writes them (0-decisions, Recording), of a moving picture, for tests. */
export const makeSegments = (
  folder: string,
  options: {
    variant: Variant
    seconds: number
    utcStartMs: number
    segmentSeconds?: number
    size?: string
    lossless?: boolean
    flags?: string
  }
): ClipSegment[] => {
  const { variant, seconds, utcStartMs, segmentSeconds = 10, size = '320x180' } = options
  const flags = options.flags ?? 'frag_keyframe+empty_moov+default_base_moof'
  const sound = variant.includes('+')
  const format = variant.endsWith('alaw') ? 'mov' : 'mp4'
  execFileSync(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=15`],
      ...(sound ? ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=16000'] : []),
      ...['-t', String(seconds)],
      ...encoders[variant].split(' '),
      ...(options.lossless ? ['-qp', '0'] : []),
      ...['-f', 'segment', '-segment_time', String(segmentSeconds), '-segment_format', format],
      '-segment_format_options',
      `movflags=${flags}:flush_packets=1:write_prft=wallclock`,
      ...['-segment_list', join(folder, 'list.csv'), join(folder, `%06d.${format}`)]
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] }
  )
  return readFileSync(join(folder, 'list.csv'), 'utf8')
    .trim()
    .split('\n')
    .map(line => {
      const [name, start, end] = line.split(',')
      return {
        path: join(folder, name!),
        channelId: '0198c0de-0000-7000-8000-000000000001',
        runId: '0198c0de-0000-7000-8000-000000000002',
        videoCodec: variant.startsWith('hevc') ? 'hevc' : 'h264',
        mediaStartMs: Number(start) * 1000,
        mediaEndMs: Number(end) * 1000,
        anchors: [{ fromMediaMs: 0, utcMinusMediaMs: utcStartMs }]
      }
    })
}
