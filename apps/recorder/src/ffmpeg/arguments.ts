import type { RecorderChannel } from '@matthan/protocol/recording'

/** What segments are written as: mp4 takes AAC; PCM and G.711 need mov (ffmpeg 5.1 refuses them in mp4). */
export type Container = 'mp4' | 'mov'

/** How a run is written; changed when ffmpeg says that it cannot be. */
export type Writing = { container: Container; sound: boolean }

/** After this long without a byte ffmpeg ends by itself; in microseconds. */
const timeoutUs = 5_000_000
const protocols = 'file,pipe,fd,rtsp,rtsps,rtp,rtcp,tcp,udp,tls,crypto'
/** `flock` ends with this when somebody else holds the lock (sysexits, EX_TEMPFAIL). */
export const lockedExitCode = 75

/**
 * The whole command: `flock` becomes ffmpeg (`--no-fork`), so the kernel holds the lock exactly as long as ffmpeg
 * lives, also when nobody supervises it any more (I9). The input is a script on descriptor 3, because the
 * arguments of a process can be read by everybody.
 */
export const ffmpegCommand = (options: {
  lock: string
  folder: string
  segmentSeconds: number
  writing: Writing
}): { command: string; args: string[] } => {
  const { lock, folder, segmentSeconds, writing } = options
  return {
    command: 'flock',
    args: [
      ...['--no-fork', '-n', '-E', String(lockedExitCode), lock],
      ...['ffmpeg', '-nostdin', '-hide_banner', '-nostats', '-v', 'warning'],
      ...['-f', 'concat', '-safe', '0', '-protocol_whitelist', protocols, '-i', 'pipe:3'],
      ...['-map', '0:v:0', ...(writing.sound ? ['-map', '0:a?'] : []), '-c', 'copy'],
      ...['-f', 'segment', '-segment_time', String(segmentSeconds), '-segment_format', writing.container],
      '-segment_format_options',
      'movflags=frag_keyframe+empty_moov+default_base_moof:flush_packets=1:write_prft=wallclock',
      ...['-segment_list', `${folder}/list.csv`, '-segment_list_flags', 'live'],
      `${folder}/%06d.${writing.container}`
    ]
  }
}

/** The script for ffmpeg's concat demuxer, with the password in it. */
export const inputScript = (channel: RecorderChannel, password: string | undefined): string =>
  [
    'ffconcat version 1.0',
    `file '${urlWithPassword(channel, password).replaceAll("'", "'\\''")}'`,
    'option rtsp_transport tcp',
    `option timeout ${timeoutUs}`,
    ''
  ].join('\n')

const urlWithPassword = ({ url, userName }: RecorderChannel, password = ''): string =>
  userName === undefined
    ? url
    : url.replace('://', `://${encodeURIComponent(userName)}:${encodeURIComponent(password)}@`)
