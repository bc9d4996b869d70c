import type { UploadRows } from '../store/uploads.ts'
import type { EvidenceStore } from './vault.ts'

/**
 * Removes what nobody will continue: uploads whose order has ended, and incoming files without a row (the centre died
 * between the two, or the row was forgotten). Objects stay. To be run at start and every hour.
 * @returns how many incoming files went.
 */
export const sweepUploads = async (deps: { vault: EvidenceStore; rows: UploadRows }): Promise<number> => {
  const { vault, rows } = deps
  const ended = await rows.ended()
  await rows.forget(ended.map(one => one.uploadId))
  let removed = 0
  for (const id of await vault.incoming()) {
    // A row is made before its file, so a file that has none now is nobody's.
    if ((await rows.upload(id))?.state === 'open') continue
    await vault.discard(id)
    removed++
  }
  return removed
}
