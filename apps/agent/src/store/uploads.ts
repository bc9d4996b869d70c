import type { Store } from '@matthan/sqlite/open'

/** One file on its way to the centre. */
export type UploadRow = {
  orderId: string
  name: string
  /** Relative to `root`. */
  path: string
  bytes: number
  sha256: string
  /** Where the centre takes it; empty until created. */
  location: string
  done: boolean
}

export type Uploads = ReturnType<typeof uploadRows>

/** The table `upload`: what makes an upload go on after a restart. */
export const uploadRows = (store: Store) => {
  const insert = store.prepare(`insert or ignore into upload (order_id, name, path, bytes, sha256)
    values (@orderId, @name, @path, @bytes, @sha256)`)
  const list = store.prepare<[string], Omit<UploadRow, 'done'> & { done: number }>(
    `select order_id orderId, name, path, bytes, sha256, location, done from upload where order_id = ? order by name`
  )
  const locate = store.prepare('update upload set location = ? where order_id = ? and name = ?')
  const finish = store.prepare('update upload set done = 1 where order_id = ? and name = ?')
  const forget = store.prepare('delete from upload where order_id = ?')

  return {
    add: store.transaction((files: readonly Omit<UploadRow, 'location' | 'done'>[]): void => {
      for (const file of files) insert.run(file)
    }),
    list: (orderId: string): UploadRow[] => list.all(orderId).map(row => ({ ...row, done: row.done === 1 })),
    setLocation: (orderId: string, name: string, location: string): void => {
      locate.run(location, orderId, name)
    },
    setDone: (orderId: string, name: string): void => {
      finish.run(orderId, name)
    },
    /** The receipt is there (or the order is over): nothing to resume. */
    forget: (orderId: string): void => {
      forget.run(orderId)
    }
  }
}
