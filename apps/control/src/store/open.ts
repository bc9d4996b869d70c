import type { Clock } from '@matthan/base/clock'
import { systemClock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { migrate } from '@matthan/sqlite/migrate'
import { openStore } from '@matthan/sqlite/open'
import { Kysely, SqliteDialect, type Transaction } from 'kysely'
import { appendChanges, type Change, type Note, type Topic } from './changes.ts'
import { migrations } from './migrations.ts'
import type { Tables } from './tables/tables.ts'

export type Reader = Kysely<Tables>
export type Writer = Transaction<Tables>

export type ControlStore = {
  /** A connection that cannot write. */
  read: Reader
  /**
   * The one writer queue: one transaction at a time, in the order of the calls, `synchronous=FULL`; resolves
   * after the commit. A job that throws leaves nothing behind. `note` says what changed: it is committed with
   * the change and told to the listeners after it. A job must await nothing but its own queries and signatures.
   */
  write<T>(job: (trx: Writer, note: Note) => Promise<T>): Promise<T>
  /** Told the changes of each commit, in order. Answers the way to stop. */
  onChanges(listener: (changes: readonly Change[]) => void): () => void
  /** Ends after the jobs that were handed in. */
  close(): Promise<void>
}

/** control.db for looking only, also while a centre runs on it: every write is refused. */
export const openForReading = (path: string): ControlStore => {
  const database = openStore(path, { readonly: true })
  return {
    read: new Kysely<Tables>({ dialect: new SqliteDialect({ database }) }),
    write: async () => {
      throw new MatthanError('internal', 'base.internal', { reason: 'this store was opened for reading' })
    },
    onChanges: () => () => {},
    close: async () => {
      database.close()
    }
  }
}

/** Opens (and migrates) control.db. There is one such store, in the process that holds the folder's lock. */
export const openControlStore = (path: string, clock: Clock = systemClock): ControlStore => {
  const database = openStore(path)
  migrate(database, migrations)
  const writer = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) })
  const reading = openStore(path, { readonly: true })
  const read = new Kysely<Tables>({ dialect: new SqliteDialect({ database: reading }) })
  const listeners = new Set<(changes: readonly Change[]) => void>()
  let last: Promise<unknown> = Promise.resolve()

  const runJob = async <T>(job: (trx: Writer, note: Note) => Promise<T>): Promise<T> => {
    const noted: { topic: Topic; id: string }[] = []
    const { result, changes } = await writer.transaction().execute(async trx => {
      const result = await job(trx, (topic, id) => noted.push({ topic, id }))
      return { result, changes: await appendChanges(trx, noted, clock.nowMs()) }
    })
    if (changes.length > 0) for (const listener of listeners) listener(changes)
    return result
  }

  return {
    read,
    write: job => {
      const mine = last.then(() => runJob(job))
      last = mine.catch(() => {})
      return mine
    },
    onChanges: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: async () => {
      await last
      // A job queued meanwhile fails by itself: its connection is closed.
      reading.close()
      // The last one folds the write-ahead log into the file.
      database.close()
    }
  }
}
