import { createHash } from 'node:crypto'
import { fdatasync, fsync, read, readSync } from 'node:fs'
import { promisify } from 'node:util'
import { nextTurn } from '@matthan/base/clock'
import type { ReadsAt } from '@matthan/media/fragments'

/**
 * Calls on an open file by its descriptor. What was written a moment ago lies in the page cache, where a call takes
 * microseconds and a trip to the thread pool ten times as long; only what waits for the disk goes there.
 */
export const syncFile: (fd: number) => Promise<void> = promisify(fsync)
export const syncData: (fd: number) => Promise<void> = promisify(fdatasync)

const readAsync = promisify(read)
/** For files that may have to come from the disk. */
export const readsAt = (fd: number): ReadsAt => ({
  read: async (buffer, offset, length, position) => await readAsync(fd, buffer, offset, length, position)
})

const pieceBytes = 256 << 10
const bytesPerTurn = 8 << 20
let piece: Buffer | undefined

/** Size in bytes and SHA-256 (lower-case hex) of a file that has just been written. */
export const hashOpenFile = async (fd: number): Promise<{ bytes: number; sha256: string }> => {
  const hash = createHash('sha256')
  piece ??= Buffer.allocUnsafeSlow(pieceBytes)
  let bytes = 0
  for (;;) {
    const got = readSync(fd, piece, 0, pieceBytes, bytes)
    if (got === 0) return { bytes, sha256: hash.digest('hex') }
    hash.update(got === pieceBytes ? piece : piece.subarray(0, got))
    bytes += got
    if (bytes % bytesPerTurn === 0) await nextTurn()
  }
}
