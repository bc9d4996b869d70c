import { lstat, realpath } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { MatthanError } from '@matthan/base/error'
import { SegmentClosed } from '@matthan/protocol/recording'
import type { Layout } from '../layout.ts'

const pathOfSegment = SegmentClosed.shape.path

/**
 * The absolute path of a segment that a request names: of the contract's form, and really below recordings/ with
 * no link on the way.
 * @returns undefined when the file or its folder is gone.
 * @throws MatthanError refused otherwise.
 */
export const containedSegment = async (layout: Layout, path: string): Promise<string | undefined> => {
  const outside = new MatthanError('refused', 'recorder.pathOutside', { path: path.slice(0, 300) })
  if (!pathOfSegment.safeParse(path).success) throw outside
  const full = join(layout.footage, path)
  try {
    const folder = await realpath(dirname(full))
    if (folder !== dirname(full) || !folder.startsWith(layout.recordings + sep)) throw outside
    const stat = await lstat(full)
    if (!stat.isFile()) throw outside
    return full
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
}
