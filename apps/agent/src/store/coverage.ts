import type { Store } from '@matthan/sqlite/open'

/** How far a channel's coverage was told: the newest segment row, and the end of the told range. */
export type CoverageMark = { row: number; toMs: number }
export type CoverageMarks = ReturnType<typeof coverageMarks>

/** Kept in `meta` as `coverageTold.<channelId>`. */
export const coverageMarks = (store: Store) => {
  const get = store.prepare<[string], { value: string }>('select value from meta where key = ?')
  const set = store.prepare('insert or replace into meta (key, value) values (?, ?)')
  const keyOf = (channelId: string): string => `coverageTold.${channelId}`
  return {
    get: (channelId: string): CoverageMark | undefined => {
      const [row, toMs] = (get.get(keyOf(channelId))?.value ?? '').split(' ').map(Number)
      return row === undefined || toMs === undefined ? undefined : { row, toMs }
    },
    set: (channelId: string, mark: CoverageMark): void => {
      set.run(keyOf(channelId), `${mark.row} ${mark.toMs}`)
    }
  }
}
