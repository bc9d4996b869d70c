import { link as hardLink, lstat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fromUnknown, MatthanError } from '@matthan/base/error'
import { makeFolder, syncFolder } from '@matthan/base/files'
import { isId } from '@matthan/base/id'
import type { Failed, Handler } from './handler.ts'
import { containedSegment } from './paths.ts'

/** Hard links of closed segments into holds/<holdId>/, durable before the answer. One that is there is no error. */
export const link: Handler<'link'> = async (desk, { holdId, segments }) => {
  const { layout } = desk
  const folder = join(layout.holds, holdId)
  await makeFolder(folder)
  if (!(await lstat(folder)).isDirectory()) throw new MatthanError('refused', 'recorder.pathOutside', { path: holdId })
  const failed: Failed[] = []
  for (const { segmentId, path } of segments) {
    try {
      if (!isId(segmentId)) throw new MatthanError('refused', 'recorder.pathOutside', { path: segmentId })
      if (desk.isOpen(path)) throw new MatthanError('busy', 'base.busy', { reason: 'the segment is being written' })
      const to = join(folder, `${segmentId}${extname(path)}`)
      const from = await containedSegment(layout, path)
      if (from) await linkOnce(from, to)
      else if (!(await lstat(to).catch(() => undefined)))
        throw new MatthanError('notFound', 'base.noSuchFile', { reason: path })
    } catch (error) {
      const failure = fromUnknown(error)
      if (failure.kind === 'exhausted') throw error
      failed.push({ path: path.slice(0, 300), reason: failure.message.slice(0, 300) })
    }
  }
  await syncFolder(folder)
  return failed
}

const linkOnce = async (from: string, to: string): Promise<void> => {
  await hardLink(from, to).catch(async error => {
    if (error.code !== 'EEXIST') throw error
    const [a, b] = await Promise.all([lstat(from), lstat(to)])
    if (a.ino !== b.ino || a.dev !== b.dev) throw error
  })
}
