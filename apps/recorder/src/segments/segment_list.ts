import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** A line of list.csv: media time of the run in ms. */
export type Listed = { startMs: number; endMs: number }

const tailBytes = 16 << 10

/**
 * What ffmpeg wrote in list.csv about the segment `name`.
 * @returns undefined when the writer died first, or the power did.
 */
export const findListed = (folder: string, name: string): Listed | undefined => {
  const path = join(folder, 'list.csv')
  if (!existsSync(path)) return undefined
  const fd = openSync(path, 'r')
  try {
    const { size } = fstatSync(fd)
    for (const bytes of [Math.min(size, tailBytes), size]) {
      const buffer = Buffer.alloc(bytes)
      readSync(fd, buffer, 0, bytes, size - bytes)
      const line = buffer
        .toString('latin1')
        .split('\n')
        .find(one => one.startsWith(`${name},`))
      const [, start, end] = line?.split(',').map(Number) ?? []
      if (start !== undefined && end !== undefined && Number.isFinite(start) && Number.isFinite(end) && end >= start) {
        return { startMs: start * 1000, endMs: end * 1000 }
      }
    }
    return undefined
  } finally {
    closeSync(fd)
  }
}
