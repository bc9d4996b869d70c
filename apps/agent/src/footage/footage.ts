import { constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { dirname, extname, join, sep } from 'node:path'
import { MatthanError } from '@matthan/base/error'
import { isId } from '@matthan/base/id'
import type { RecorderAnswer } from '@matthan/protocol/recording'
import type { Segment } from '../store/segments.ts'
import type { RecorderClient } from './recorder_client.ts'

/**
 * The port to recorded footage: what retention, holds and evidence need of a recorder, ours or one that is
 * there already. Which segments there are stands in the store; this reads, keeps and deletes their files.
 */
export type Footage = {
  /** A segment for reading, from the folder of a hold where one keeps it. The caller closes the handle. */
  open(segment: Segment, holdId?: string): Promise<FileHandle>
  /** The relative path that `open` would read. */
  pathOf(segment: Segment, holdId?: string): string
  /** Keeps these closed segments beyond their recording. Answers which are durable now, and which are not and why. */
  keep(holdId: string, segments: readonly { segmentId: string; path: string }[], signal?: AbortSignal): Promise<Kept>
  /** Ends what `keep` did for this hold. */
  letGo(holdId: string, signal?: AbortSignal): Promise<void>
  /** Deletes recordings; answers the paths that are still there. A file that is gone is no error. */
  remove(paths: readonly string[], signal?: AbortSignal): Promise<{ path: string; reason: string }[]>
}
export type Kept = { linked: string[]; failed: { segmentId: string; reason: string }[] }

const mostAsked = 5000
const askDeadlineMs = 20_000

/**
 * Opens `path` (relative, from ids) below `root` for reading: no link as the last part, and the real folder within
 * the real root, so that nothing outside is ever read on another program's word.
 */
export const openContained = async (root: string, path: string): Promise<FileHandle> => {
  const folder = await realpath(dirname(join(root, path)))
  const within = await realpath(root)
  if (folder !== within && !folder.startsWith(within + sep))
    throw new MatthanError('refused', 'agent.outsideFootage', { path })
  return await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW)
}

/** Why a path was not done; a failure that names none of them means that nothing was. */
const failureOf = (answer: RecorderAnswer, paths: readonly string[]): ((path: string) => string | undefined) => {
  const reasons = new Map(answer.failed.map(one => [one.path, one.reason]))
  const all = answer.failed.find(one => !paths.includes(one.path))?.reason
  const refused = all ?? (answer.done || answer.failed.length > 0 ? undefined : 'refused')
  return path => refused ?? reasons.get(path)
}

/** Footage of our recorder: hard links and deletions on request (I9: only the recorder writes below `folder`). */
export const makeRecorderFootage = ({ folder, client }: { folder: string; client: RecorderClient }): Footage => {
  const heldPath = (segment: Segment, holdId: string): string => {
    if (!isId(holdId)) throw new MatthanError('usage', 'agent.badId', { id: holdId })
    return join('holds', holdId, `${segment.segmentId}${extname(segment.path)}`)
  }

  return {
    pathOf: (segment, holdId) => (holdId ? heldPath(segment, holdId) : segment.path),

    open: async (segment, holdId) => {
      if (holdId) {
        const held = await openContained(folder, heldPath(segment, holdId)).catch(error => {
          if (error.code === 'ENOENT') return undefined
          throw error
        })
        if (held) return held
      }
      return await openContained(folder, segment.path)
    },

    keep: async (holdId, segments, signal) => {
      const kept: Kept = { linked: [], failed: [] }
      for (let at = 0; at < segments.length; at += mostAsked) {
        const part = segments.slice(at, at + mostAsked).map(({ segmentId, path }) => ({ segmentId, path }))
        const answer = await client.ask(
          { request: 'link', holdId, segments: part },
          { deadlineMs: askDeadlineMs, ...(signal ? { signal } : {}) }
        )
        const reasonOf = failureOf(
          answer,
          part.map(one => one.path)
        )
        for (const { segmentId, path } of part) {
          const reason = reasonOf(path)
          if (reason === undefined) kept.linked.push(segmentId)
          else kept.failed.push({ segmentId, reason })
        }
      }
      return kept
    },

    letGo: async (holdId, signal) => {
      const answer = await client.ask(
        { request: 'unlinkHold', holdId },
        { deadlineMs: askDeadlineMs, ...(signal ? { signal } : {}) }
      )
      const failed = answer.failed[0]
      if (failed || !answer.done)
        throw new MatthanError('internal', 'agent.recorderRefused', { reason: failed?.reason ?? 'refused' })
    },

    remove: async (paths, signal) => {
      const failed: { path: string; reason: string }[] = []
      for (let at = 0; at < paths.length; at += mostAsked) {
        const part = paths.slice(at, at + mostAsked)
        const answer = await client.ask(
          { request: 'delete', paths: part },
          { deadlineMs: askDeadlineMs, ...(signal ? { signal } : {}) }
        )
        const reasonOf = failureOf(answer, part)
        for (const path of part) {
          const reason = reasonOf(path)
          if (reason !== undefined) failed.push({ path, reason })
        }
      }
      return failed
    }
  }
}
