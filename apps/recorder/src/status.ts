import { renameSync, writeFileSync } from 'node:fs'
import { readJson } from '@matthan/base/files'
import { type GapCause, RecorderStatus } from '@matthan/protocol/recording'

/**
 * Replaces status.json by rename, so that a reader always finds a whole one. No fsync: after a power cut it would
 * be of no use anyway. Synchronous: two short calls a second cost less than two trips to the thread pool.
 */
export const writeStatus = (path: string, status: RecorderStatus): void => {
  const temporary = `${path}.tmp`
  writeFileSync(temporary, JSON.stringify(status), { mode: 0o640 })
  renameSync(temporary, path)
}

/** What the last recorder left, if anything readable. */
export const readStatus = async (path: string): Promise<RecorderStatus | undefined> =>
  RecorderStatus.safeParse(await readJson(path).catch(() => undefined)).data

/** Why nothing was recorded since that status, where no unended run says more. */
export const causeSince = (last: RecorderStatus | undefined, bootId: string): GapCause => {
  if (!last) return 'start'
  return last.bootId === bootId ? 'maintenance' : 'power'
}
