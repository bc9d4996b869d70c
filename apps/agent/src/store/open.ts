import { readFileSync } from 'node:fs'
import { migrate } from '@matthan/sqlite/migrate'
import { openStore, type Store } from '@matthan/sqlite/open'

/** Beside this file from source, and beside the bundle (infra/build copies it). */
const schema = (): string => readFileSync(new URL('./schema.sql', import.meta.url), 'utf8')

/** The box's store, brought to the newest form. Several programs may have it open; each write is one transaction. */
export const openAgentStore = (path: string): Store => {
  const store = openStore(path)
  migrate(store, [schema()])
  return store
}
