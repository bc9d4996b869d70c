import { MatthanError } from '@matthan/base/error'
import { openStore } from '@matthan/sqlite/open'

/** Held until `release`, or until the process ends in whatever way: the system frees it. */
export type Lock = { release(): void }

/**
 * One agent a data folder. The lock is SQLite's own (a write transaction on a file of its own that is never written).
 * @throws MatthanError busy when another process holds it.
 */
export const takeLock = (path: string): Lock => {
  const store = openStore(path)
  try {
    store.pragma('busy_timeout = 0')
    store.exec('begin immediate')
  } catch (error) {
    store.close()
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error
    throw new MatthanError('busy', 'agent.alreadyRunning', {}, { cause: error })
  }
  return { release: () => store.close() }
}

/** Whether some process holds the lock now. */
export const isLocked = (path: string): boolean => {
  try {
    takeLock(path).release()
    return false
  } catch (error) {
    if (error instanceof MatthanError && error.kind === 'busy') return true
    throw error
  }
}
