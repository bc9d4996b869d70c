import type { Store } from '@matthan/sqlite/open'
import type { Gone } from './segments.ts'

export type GoneRows = ReturnType<typeof goneRows>

/** The table `footage_gone`; rows come with the removal of their segments (`segmentRows`). */
export const goneRows = (store: Store) => {
  const of = store.prepare<[string], Gone & { goneId: number }>(
    `select gone_id goneId, channel_id channelId, from_ms fromMs, to_ms toMs, cause from footage_gone
      where channel_id = ? order by gone_id`
  )
  const channels = store.prepare<[], string>('select distinct channel_id from footage_gone').pluck()
  const clear = store.prepare('delete from footage_gone where channel_id = ?')
  return {
    channelIds: (): string[] => channels.all(),
    /** In the order in which it went. */
    of: (channelId: string): Gone[] => of.all(channelId).map(({ goneId: _, ...gone }) => gone),
    /** It has been told. */
    clear: (channelId: string): void => {
      clear.run(channelId)
    }
  }
}
