import { closeSync } from 'node:fs'
import { readdir, rm, rmdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncFolder } from '@matthan/base/files'
import type { SeenSegment } from './follow.ts'

export const segmentFile = /^(\d{6,})\.(mp4|mov)$/

/** A file without one whole fragment holds no footage, and no row would ever name it. */
export const discardSegment = async (folder: string, segment: Pick<SeenSegment, 'fd' | 'name'>): Promise<void> => {
  closeSync(segment.fd)
  await unlink(join(folder, segment.name)).catch(error => {
    if (error.code !== 'ENOENT') throw error
  })
}

/** Removes the folder of a run that recorded nothing. */
export const discardEmptyRun = async (folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true })
  await syncFolder(dirname(folder))
}

/** Removes the folder of an ended run when the last of its segments is gone. */
export const discardEmptiedRun = async (folder: string): Promise<void> => {
  const names = await readdir(folder)
  if (!names.includes('ended.json') || names.some(name => segmentFile.test(name))) return
  for (const name of names) await unlink(join(folder, name))
  await rmdir(folder)
  await syncFolder(dirname(folder))
}
