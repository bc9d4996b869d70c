import { chmodSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { MatthanError } from '@matthan/base/error'
import { makeFolder } from '@matthan/base/files'
import type { Container } from './ffmpeg/arguments.ts'

/** Where everything lies below the footage folder (packages/protocol, recording.ts). */
export type Layout = {
  footage: string
  recordings: string
  holds: string
  journal: string
  requests: string
  answers: string
  status: string
  channelFolder(channelId: string): string
  runFolder(channelId: string, runId: string): string
  lockOf(channelId: string): string
}

export const makeLayout = (footage: string): Layout => {
  const recordings = join(footage, 'recordings')
  const channelFolder = (channelId: string) => join(recordings, channelId)
  return {
    footage,
    recordings,
    holds: join(footage, 'holds'),
    journal: join(footage, 'journal'),
    requests: join(footage, 'requests'),
    answers: join(footage, 'answers'),
    status: join(footage, 'status.json'),
    channelFolder,
    runFolder: (channelId, runId) => join(channelFolder(channelId), `run-${runId}`),
    lockOf: channelId => join(channelFolder(channelId), '.lock')
  }
}

/** Makes the folders. @throws MatthanError config when the footage folder cannot be used. */
export const prepareLayout = async (folder: string): Promise<Layout> => {
  try {
    await makeFolder(folder)
    const layout = makeLayout(realpathSync(folder))
    for (const one of [layout.recordings, layout.holds, layout.journal]) await makeFolder(one)
    // The agent, in the recorder's group, puts requests there and takes answers away.
    for (const one of [layout.requests, layout.answers]) {
      await makeFolder(one)
      chmodSync(one, 0o2770)
    }
    return layout
  } catch (error) {
    const reason = (error as Error).message
    throw new MatthanError('config', 'recorder.noFootageFolder', { path: folder, reason }, { cause: error })
  }
}

/** Names count from 0, six digits or more, as ffmpeg's `%06d` makes them. */
export const segmentName = (index: number, container: Container): string =>
  `${String(index).padStart(6, '0')}.${container}`

/** The path of a segment as the journal has it, relative to the footage folder. */
export const segmentPath = (channelId: string, runId: string, name: string): string =>
  `recordings/${channelId}/run-${runId}/${name}`
