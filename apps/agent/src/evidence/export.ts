import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { readSize, syncFolder, writeDurably } from '@matthan/base/files'
import { statementName, statementSealName } from '@matthan/protocol/evidence'
import type { Segment } from '../store/segments.ts'
import type { Stated } from './evidence.ts'

/**
 * Writes a stated extraction into a folder that is there: the originals under their stated names, the statement and
 * its seal last. For `clip extract`, without the centre.
 */
export const exportClip = async (
  stated: Stated,
  options: { folder: string; open(segment: Segment): Promise<FileHandle>; signal: AbortSignal }
): Promise<void> => {
  const { folder, signal } = options
  for (const { name, segment } of stated.files) {
    const from = await options.open(segment)
    const to = await open(join(folder, name), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o640)
    try {
      await copy(from, to, signal)
      await to.sync()
    } finally {
      await from.close()
      await to.close()
    }
  }
  await writeDurably(join(folder, statementName), stated.content)
  await writeDurably(join(folder, statementSealName), stated.seal)
  await syncFolder(folder)
}

const copy = async (from: FileHandle, to: FileHandle, signal: AbortSignal): Promise<void> => {
  const buffer = Buffer.allocUnsafe(readSize)
  for (let at = 0; ; ) {
    signal.throwIfAborted()
    const { bytesRead } = await from.read(buffer, 0, readSize, at)
    if (bytesRead === 0) return
    await to.writeFile(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
}
