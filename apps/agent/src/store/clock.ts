import type { Store } from '@matthan/sqlite/open'

export type StoredClockCheck = {
  /** By the box's clock, milliseconds UTC. */
  atMs: number
  bootId: string
  subject: 'box' | 'camera'
  channelId?: string
  /** subject − reference, + = the subject is fast. */
  offsetMs: number
  uncertaintyMs: number
  reference: 'centre' | 'ntp' | 'box'
  method: string
}
export type ClockTable = ReturnType<typeof clockTable>

type Raw = Omit<StoredClockCheck, 'channelId'> & { channelId: string }

/** Comparisons of clocks; the offset at the time of an incident is read from here. */
export const clockTable = (store: Store) => {
  const insert = store.prepare(
    `insert into clock_check (at_ms, boot_id, subject, channel_id, offset_ms, uncertainty_ms, reference, method)
     values (@atMs, @bootId, @subject, @channelId, @offsetMs, @uncertaintyMs, @reference, @method)`
  )
  const newest = store.prepare<[string, string], Raw>(
    `select at_ms as atMs, boot_id as bootId, subject, channel_id as channelId, offset_ms as offsetMs,
            uncertainty_ms as uncertaintyMs, reference, method
     from clock_check where subject = ? and channel_id = ? order by at_ms desc, check_id desc limit 1`
  )
  const drop = store.prepare('delete from clock_check where at_ms < ?')
  return {
    insert: (check: StoredClockCheck): void => {
      insert.run({ ...check, channelId: check.channelId ?? '' })
    },
    newest: (subject: 'box' | 'camera', channelId = ''): StoredClockCheck | undefined => {
      const row = newest.get(subject, channelId)
      if (!row) return undefined
      const { channelId: channel, ...rest } = row
      return { ...rest, ...(channel ? { channelId: channel } : {}) }
    },
    /** Retention + 90 days is the caller's to compute. */
    dropBefore: (ms: number): number => drop.run(ms).changes
  }
}
