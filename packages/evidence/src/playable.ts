import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { MatthanError } from '@matthan/base/error'
import { cutClip } from '@matthan/media/clip'
import { type ClipPart, type ClipRange, planParts } from '@matthan/media/clip-plan'
import { firstDifferentFrame } from '@matthan/media/framehash'
import type { StatedSegment } from '@matthan/protocol/evidence'
import type { BagFile } from './bag.ts'
import type { Playable } from './evidence-json.ts'
import { layout } from './layout.ts'

/** An original as stated by the box, and where its bytes lie. */
export type Original = StatedSegment & { path: string }

export type PlayableWish = {
  originals: Original[]
  /** The range that was asked for. */
  range: ClipRange
  /** Where the copies are written: a folder in the mount of the bag, without files of these names. */
  folder: string
  /** Ends the comparison of frames by ffmpeg; give it a deadline. Left out: the frames are not compared. */
  frames?: AbortSignal
}

/** `<channel8>_part<n>.<mp4|mov>` */
const nameOf = (part: ClipPart<Original>, number: number): string => {
  const first = part.segments[0]!
  return `${first.channelId.slice(0, 8)}_part${number}${first.name.slice(first.name.lastIndexOf('.'))}`
}

/**
 * Cuts the playable copies of a range (media/clip): one file for each contiguous stretch.
 * @returns the files for the bag, and what evidence.json says of them, in the same order.
 * @throws MatthanError verification when an original is damaged, or a copy does not show exactly its frames.
 */
export const makePlayable = async (wish: PlayableWish): Promise<{ files: BagFile[]; playable: Playable[] }> => {
  const files: BagFile[] = []
  const playable: Playable[] = []
  for (const part of await planParts(wish.originals, wish.range)) {
    const name = nameOf(part, files.length + 1)
    const path = join(wish.folder, name)
    const output = await open(path, 'wx', 0o640)
    const clip = await cutClip(part, wish.range, output).finally(() => output.close())
    if (!clip) {
      await unlink(path)
      continue
    }
    const { firstLine, frames, bytes, sha256 } = clip
    const codec = part.segments[0]!.videoCodec
    if (wish.frames) {
      const originals = part.segments.map(one => one.path)
      const line = await firstDifferentFrame({
        playable: path,
        originals,
        codec,
        firstLine,
        frames,
        signal: wish.frames
      })
      if (line !== undefined) throw new MatthanError('verification', 'evidence.copyDiffers', { file: name, line })
    }
    files.push({ name, path, bytes, sha256 })
    playable.push({
      path: layout.playable + name,
      bytes,
      sha256,
      derivedFrom: part.segments.map(one => layout.originals + one.name),
      method: 'fragmentCopy',
      codec,
      firstFrameMs: clip.firstFrameUtcMs,
      preRollMs: clip.preRollMs,
      firstLine,
      frames,
      framesCompared: wish.frames !== undefined
    })
  }
  return { files, playable }
}
