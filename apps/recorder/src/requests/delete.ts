import { unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fromUnknown, MatthanError } from '@matthan/base/error'
import { syncFolder } from '@matthan/base/files'
import { discardEmptiedRun } from '../segments/run_folder.ts'
import type { Failed, Handler } from './handler.ts'
import { containedSegment } from './paths.ts'

/** Deletes recordings, never a hold and never the file that is being written. One that is gone is no error. */
export const deleteRecordings: Handler<'delete'> = async (desk, { paths }) => {
  const failed: Failed[] = []
  const folders = new Set<string>()
  for (const path of paths) {
    try {
      if (desk.isOpen(path)) throw new MatthanError('busy', 'base.busy', { reason: 'the segment is being written' })
      const full = await containedSegment(desk.layout, path)
      if (!full) continue
      await unlink(full)
      folders.add(dirname(full))
    } catch (error) {
      failed.push({ path: path.slice(0, 300), reason: fromUnknown(error).message.slice(0, 300) })
    }
  }
  for (const folder of folders) {
    await syncFolder(folder)
    await discardEmptiedRun(folder)
  }
  return failed
}
