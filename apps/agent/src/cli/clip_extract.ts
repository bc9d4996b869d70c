import { readdir, rmdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { MatthanError } from '@matthan/base/error'
import { makeFolder } from '@matthan/base/files'
import { newId } from '@matthan/base/id'
import { readInstant } from '@matthan/base/text/instant'
import { sayBytes } from '@matthan/base/text/units'
import type { Viewpoint } from '@matthan/protocol/entities'
import type { Range } from '@matthan/protocol/scalars'
import { type Box, openEvidence, openJournal } from '../box.ts'
import { exportClip } from '../evidence/export.ts'
import { checkRange } from '../evidence/range.ts'
import { readIdentity } from '../identity/files.ts'
import { answer, type Context, giveToOwner, tell, withBox } from './context.ts'

export type ExtractOptions = { viewpoint: string; from: string; to: string; out: string; reason: string }

/** While it is read nothing of it may be deleted; a command that dies leaves the hold for no longer than this. */
const holdMs = 3600_000

const findViewpoint = (box: Box, wanted: string): Viewpoint => {
  const found = box.cameras
    .viewpoints()
    .filter(one => one.viewpointId === wanted || one.name === wanted.normalize('NFC'))
  const [viewpoint] = found
  if (!viewpoint) throw new MatthanError('notFound', 'agent.noSuchViewpoint', { viewpointId: wanted })
  if (found.length > 1) throw new MatthanError('usage', 'agent.viewpointAmbiguous', { name: wanted })
  return viewpoint
}

const makeOutput = async (context: Context, folder: string): Promise<void> => {
  const there = await readdir(folder).catch(() => [])
  if (there.length > 0) throw new MatthanError('usage', 'agent.outputTaken', { folder })
  await makeFolder(folder)
  await giveToOwner(context.dataFolder, folder)
}

/** Statement, seal and originals into a folder, without the centre: the same evidence as for an order. */
export const clipExtract = async (context: Context, options: ExtractOptions): Promise<void> => {
  const range = { fromMs: readInstant(options.from), toMs: readInstant(options.to) }
  checkRange(range)
  const folder = resolve(options.out)
  await makeOutput(context, folder)
  try {
    await withBox(context, (box, synchronised) => extract(context, options, { box, synchronised, folder, range }))
  } catch (error) {
    // Only when nothing is in it.
    await rmdir(folder).catch(() => {})
    throw error
  }
}

const extract = async (
  context: Context,
  { viewpoint, reason }: ExtractOptions,
  to: { box: Box; synchronised: () => boolean; folder: string; range: Range }
): Promise<void> => {
  const { clock, log, signal } = context
  const { box, synchronised, folder, range } = to
  const { viewpointId } = findViewpoint(box, viewpoint)
  const identity = await readIdentity(context.dataFolder)
  const journal = openJournal(box, { clock, log, told: () => {} })
  const evidence = openEvidence(box, identity, {
    clock,
    refresh: journal.readNew,
    synchronised,
    offset: () => undefined
  })
  await journal.readNew()
  const [orderId, clipId, holdId] = [newId(), newId(), newId()]
  const expiresMs = clock.nowMs() + holdMs
  await box.holds.place({ holdId, viewpointId, range, owner: 'matthan-agent', reason, expiresMs }, undefined, signal)
  try {
    const request = { orderId, clipId, viewpointId, range, holdId }
    const stated = await evidence.state(request, { signal, progress: () => {} })
    await exportClip(stated, { folder, signal, open: segment => box.footage.open(segment, holdId) })
    const { segments, gaps, complete } = stated.statement
    const bytes = segments.reduce((sum, one) => sum + one.bytes, 0)
    const told = { folder, segments: segments.length, bytes, gaps: gaps.length }
    answer(
      context,
      { ...told, complete, statementSha256: stated.sha256, clipId },
      tell(context, segments.length > 0 ? 'agent.saidExtracted' : 'agent.saidNothingRecorded', {
        ...told,
        size: sayBytes(context.language, bytes)
      })
    )
  } finally {
    await box.holds.release(holdId, { reason })
  }
}
