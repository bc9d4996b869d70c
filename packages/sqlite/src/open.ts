import Database from 'better-sqlite3'

export type Store = Database.Database

/**
 * Opens a store. WAL with `synchronous=FULL`: what was acknowledged survives a power cut (NORMAL lost
 * acknowledged rows in 5 of 10 cuts, FULL in none; 5-security, finding 5).
 * @param nativeBinding the `.node` file beside a bundle; left out when run from source.
 */
export const openStore = (
  path: string,
  options: { readonly?: boolean; nativeBinding?: string | undefined } = {}
): Store => {
  const { readonly = false, nativeBinding } = options
  const store = new Database(path, { readonly, timeout: 5000, ...(nativeBinding ? { nativeBinding } : {}) })
  if (!readonly) store.pragma('journal_mode = WAL')
  store.pragma('synchronous = FULL')
  store.pragma('foreign_keys = ON')
  store.pragma('trusted_schema = OFF')
  return store
}
