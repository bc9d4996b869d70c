import type { Readable } from 'node:stream'
import { MatthanError } from '@matthan/base/error'
import { readSize } from '@matthan/base/files'

/**
 * Empties `source` into `write`, in batches of about 1 MiB: TLS hands over records of 16 KiB, and one `writev` for 64
 * of them costs a fraction of 64 writes. The chunks are not copied. The next batch gathers while one is written,
 * and the source pauses when that one is full too, so at most two batches are in memory.
 * @returns whether the source broke off before its end; what came until then has been written.
 * @throws whatever `write` throws; MatthanError usage when more than `most` bytes come.
 */
export const drain = (
  source: Readable,
  most: number,
  write: (chunks: Buffer[], bytes: number) => Promise<void>
): Promise<{ torn: boolean }> => {
  let chunks: Buffer[] = []
  let gathered = 0
  let total = 0
  let writing = false
  let ended = false
  let torn = false
  let failure: unknown

  const { promise, resolve, reject } = Promise.withResolvers<{ torn: boolean }>()

  const settle = () => {
    if (writing || !ended) return
    source.off('data', take).off('end', end).off('error', tear).off('close', tear)
    // A late error of a torn source must not become an uncaught one.
    source.on('error', () => {})
    if (failure) reject(failure)
    else resolve({ torn })
  }

  const pump = async () => {
    if (writing) return
    writing = true
    try {
      while (gathered >= readSize || (ended && gathered > 0)) {
        const batch = chunks
        const bytes = gathered
        chunks = []
        gathered = 0
        source.resume()
        await write(batch, bytes)
      }
    } catch (error) {
      failure ??= error
      ended = true
      source.pause()
    }
    writing = false
    settle()
  }

  const take = (chunk: Buffer) => {
    if (ended) return
    total += chunk.length
    if (total > most) {
      failure = new MatthanError('usage', 'vault.tooLong', { most })
      ended = true
      source.pause()
    } else {
      chunks.push(chunk)
      gathered += chunk.length
      if (gathered >= readSize && writing) source.pause()
    }
    if (ended || gathered >= readSize) void pump()
  }
  const end = () => {
    ended = true
    void pump()
  }
  const tear = () => {
    torn ||= !ended
    end()
  }

  // A source that closed before we listened tells us nothing more.
  if (source.destroyed && !source.readableEnded) tear()
  else source.on('end', end).on('error', tear).on('close', tear).on('data', take)
  return promise
}
