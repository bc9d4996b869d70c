import { MatthanError } from '@matthan/base/error'
import { openStore, type Store } from '@matthan/sqlite/open'

/**
 * One active centre, ever: a lock of the kernel that ends with the process, however that ends.
 * @throws MatthanError busy when another process holds it. @returns the way to let go.
 */
export const lockFolder = (path: string, folder: string): (() => void) => {
  let lock: Store | undefined
  try {
    lock = openStore(path)
    lock.pragma('locking_mode = EXCLUSIVE')
    lock.exec('begin exclusive')
    return () => lock?.close()
  } catch (error) {
    lock?.close()
    if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY'))
      throw new MatthanError('busy', 'control.alreadyRunning', { folder }, { cause: error })
    throw error
  }
}
