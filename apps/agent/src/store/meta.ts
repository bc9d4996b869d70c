import type { ErrorOnWire } from '@matthan/base/error'
import type { Store } from '@matthan/sqlite/open'

/** The single values that the store keeps, with what they hold. Absent = not known yet. */
export type MetaValues = {
  /** Id of the recorder of ours on this box. */
  recorderId: string
  /** Largest `centreEpoch` that an acknowledgement carried; a smaller one means a restored centre (hold-only). */
  largestCentreEpoch: number
  /** True while the centre that answers is older than one seen before (0-decisions, Wire). */
  holdOnly: boolean
  /** Largest order number seen. */
  lastOrderSeq: number
  /** The centre's time at an acknowledgement, with the monotonic time and boot in which it came. */
  centreTime: { centreMs: number; uncertaintyMs: number; monoMs: number; bootId: string }
  /** When this box began to record, milliseconds UTC. */
  commissionedMs: number
  /** What the link last did, for `status`. */
  link: { state: 'online' | 'offline'; sinceMs: number; error?: ErrorOnWire }
  /** Digest of the inventory that went out last. */
  inventorySha256: string
}

export type Meta = {
  get<Key extends keyof MetaValues>(key: Key): MetaValues[Key] | undefined
  set<Key extends keyof MetaValues>(key: Key, value: MetaValues[Key]): void
}

export const metaTable = (store: Store): Meta => {
  const read = store.prepare<[string], string>('select value from meta where key = ?').pluck()
  const write = store.prepare(
    'insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value'
  )
  return {
    get: <Key extends keyof MetaValues>(key: Key) => {
      const value = read.get(key)
      return value === undefined ? undefined : (JSON.parse(value) as MetaValues[Key])
    },
    set: (key, value) => {
      write.run(key, JSON.stringify(value))
    }
  }
}
