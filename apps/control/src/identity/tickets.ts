import { randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Clock } from '@matthan/base/clock'
import { writeDurably } from '@matthan/base/files'

/** A ticket key that leaks opens the recorded sessions of its life, so it is short. */
const lifeMs = 12 * 3600_000
const keyLength = 48

/**
 * The keys of TLS session tickets (RFC 8446 4.6.1), in a file of their own (0600) that is in no backup, so that a
 * fleet that comes back after a restart of the centre resumes its sessions.
 */
export type Tickets = {
  /** 48 bytes for `setTicketKeys`. */
  readonly keys: Buffer
  /** New keys when the old ones are 12 h old. True when they are others now. */
  renewDue(): Promise<boolean>
}

export const openTickets = async (path: string, clock: Clock): Promise<Tickets> => {
  let keys = await readFile(path).catch(() => Buffer.alloc(0))
  let madeMs = await stat(path).then(
    one => one.mtimeMs,
    () => 0
  )
  const renewDue = async (): Promise<boolean> => {
    const ageMs = clock.nowMs() - madeMs
    if (keys.length === keyLength && ageMs >= 0 && ageMs < lifeMs) return false
    keys = randomBytes(keyLength)
    madeMs = clock.nowMs()
    await writeDurably(path, keys, 0o600)
    return true
  }
  await renewDue()
  return {
    get keys() {
      return keys
    },
    renewDue
  }
}
