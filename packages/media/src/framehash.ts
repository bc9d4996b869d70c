import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { MatthanError } from '@matthan/base/error'

/** Which bytes of a frame are compared: the picture's slices alone, as the container moves parameter sets about. */
const filters: Record<string, string> = {
  h264: 'h264_mp4toannexb,filter_units=pass_types=1-5',
  hevc: 'hevc_mp4toannexb,filter_units=pass_types=0-31'
}

/** The bitstream filter for a codec; undefined for one whose frames are compared whole. */
export const frameFilter = (codec: string): string | undefined => filters[codec]

/** Arguments of ffmpeg for the frame list of `file`, the same that VERIFY.txt prints. */
export const frameHashArguments = (file: string, codec: string): string[] => [
  ...['-v', 'error', '-nostdin', '-i', file, '-map', '0:v', '-c', 'copy'],
  ...(filters[codec] ? ['-bsf:v', filters[codec]] : []),
  ...['-f', 'framehash', '-hash', 'sha256', '-']
]

/**
 * SHA-256 of each video frame as stored, in order, by ffmpeg.
 * @param options.codec 'h264', 'hevc', or another whose frames are compared whole.
 * @param options.signal ends ffmpeg; give it a deadline.
 * @throws MatthanError verification when ffmpeg fails, AbortError when the signal fires.
 */
export async function* frameHashes(
  file: string,
  options: { codec: string; signal: AbortSignal }
): AsyncGenerator<string, void, undefined> {
  const { codec, signal } = options
  signal.throwIfAborted()
  const child = spawn('ffmpeg', frameHashArguments(`file:${file}`, codec), { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  ended.catch(() => {})
  const stop = () => child.kill('SIGKILL')
  signal.addEventListener('abort', stop, { once: true })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < 500) complaint += text
  })
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('#')) continue
      yield line.slice(line.lastIndexOf(',') + 1).trim()
    }
    const [code] = await ended
    signal.throwIfAborted()
    if (code !== 0)
      throw new MatthanError('verification', 'evidence.framesUnreadable', {
        file,
        reason: complaint.trim().slice(0, 300)
      })
  } finally {
    signal.removeEventListener('abort', stop)
    if (child.exitCode === null) stop()
  }
}

async function* oneAfterTheOther(
  files: string[],
  options: { codec: string; signal: AbortSignal }
): AsyncGenerator<string, void, undefined> {
  for (const file of files) yield* frameHashes(file, options)
}

export type FrameComparison = {
  playable: string
  /** The originals of this playable file, in order. */
  originals: string[]
  codec: string
  /** 1-based line of the first frame in the originals' lists, one after the other; and how many follow. */
  firstLine: number
  frames: number
  signal: AbortSignal
}

/**
 * Whether the frames of a playable copy are exactly lines `firstLine` .. of the originals' lists.
 * @returns undefined when they are; else the first line of the playable copy's list that differs, from 1.
 */
export const firstDifferentFrame = async (comparison: FrameComparison): Promise<number | undefined> => {
  const { playable, originals, firstLine, frames, codec } = comparison
  // Whatever ends first, the other ffmpeg ends with it.
  const done = new AbortController()
  const signal = AbortSignal.any([comparison.signal, done.signal])
  const copy = frameHashes(playable, { codec, signal })
  const source = oneAfterTheOther(originals, { codec, signal })
  try {
    for (let skip = 1; skip < firstLine; skip++) if ((await source.next()).done) return 1
    for (let line = 1; line <= frames; line++) {
      const [ours, theirs] = await Promise.all([copy.next(), source.next()])
      if (ours.done || theirs.done || ours.value !== theirs.value) return line
    }
    return (await copy.next()).done ? undefined : frames + 1
  } finally {
    done.abort()
    await Promise.allSettled([copy.return(), source.return()])
  }
}
