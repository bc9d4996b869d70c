import { join } from 'node:path'
import { openStore } from '@matthan/sqlite/open'
import type { Box } from './box.ts'

export type SegmentRow = {
  segmentId: string
  channelId: string
  path: string
  bytes: number
  sha256: string
  startMs: number
  endMs: number
  runId: string
  idx: number
  torn: number
}

/** The rows of a box's segments table, oldest first, as they are now. */
export const segmentsOf = (box: Box, channelId?: string): SegmentRow[] => {
  const store = openStore(join(box.folder, 'agent.db'), { readonly: true })
  try {
    return store
      .prepare(
        `select segment_id as segmentId, channel_id as channelId, path, bytes, sha256, start_ms as startMs, end_ms as endMs, run_id as runId, idx, torn
         from segment where deleting = 0 and (@channelId is null or channel_id = @channelId) order by start_ms`
      )
      .all({ channelId: channelId ?? null }) as SegmentRow[]
  } finally {
    store.close()
  }
}

export const footagePath = (box: Box, row: { path: string }): string => join(box.footage, row.path)

/** As after a reboot: what the box knew of the centre's time by the monotonic clock of its last boot is gone. The agent must stand still. */
export const forgetBoot = (box: Box): void => {
  const store = openStore(join(box.folder, 'agent.db'))
  store.prepare("delete from meta where key = 'centreTime'").run()
  store.close()
}
