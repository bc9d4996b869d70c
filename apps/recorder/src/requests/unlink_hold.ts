import { lstat, readdir, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { MatthanError } from '@matthan/base/error'
import { syncFolder } from '@matthan/base/files'
import type { Handler } from './handler.ts'

/** Removes a hold's links and its folder; the recordings themselves stay. No error when it is gone. */
export const unlinkHold: Handler<'unlinkHold'> = async ({ layout }, { holdId }) => {
  const folder = join(layout.holds, holdId)
  const stat = await lstat(folder).catch(error => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!stat) return []
  if (!stat.isDirectory()) throw new MatthanError('refused', 'recorder.pathOutside', { path: holdId })
  for (const name of await readdir(folder)) await unlink(join(folder, name))
  await rmdir(folder)
  await syncFolder(layout.holds)
  return []
}
