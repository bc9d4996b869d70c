import type { Store } from './open.ts'

/** Forward only, in order; the store's `user_version` is the number of those that ran. Each is all or nothing. */
export const migrate = (store: Store, migrations: readonly string[]): void => {
  const run = store.transaction(() => {
    const done = store.pragma('user_version', { simple: true }) as number
    for (const sql of migrations.slice(done)) store.exec(sql)
    store.pragma(`user_version = ${Math.max(done, migrations.length)}`)
  })
  run.immediate()
}
