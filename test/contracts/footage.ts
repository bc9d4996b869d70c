import { lstat, mkdir, readFile, rename, symlink, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Footage } from '@matthan/agent/footage/footage'
import type { Segment } from '@matthan/agent/store/segments'
import { hashFile } from '@matthan/base/files'
import { newId } from '@matthan/base/id'
import { expect, test } from 'vitest'

/** Recorded footage that the suite may read, keep and delete. */
export type FootageUnderTest = {
  footage: Footage
  /** What the segments' paths are relative to. */
  folder: string
  /** A closed segment that no other test has been given. */
  take(): Promise<Segment>
  /** The path of a file that is being written, and stays so for a second. */
  beingWritten(): Promise<string>
}

const gone = { code: 'ENOENT' }

/** What every implementation of the port `Footage` keeps. */
export const footageContract = (under: () => FootageUnderTest): void => {
  const isThere = (path: string): Promise<boolean> =>
    lstat(join(under().folder, path)).then(
      () => true,
      () => false
    )
  const digestOf = async (segment: Segment, holdId?: string): Promise<string> => {
    const handle = await under().footage.open(segment, holdId)
    try {
      return (await hashFile(handle)).sha256
    } finally {
      await handle.close()
    }
  }

  test('opens the very bytes that the row tells (I1)', async () => {
    const segment = await under().take()
    const handle = await under().footage.open(segment)
    try {
      expect(await hashFile(handle)).toEqual({ bytes: segment.bytes, sha256: segment.sha256 })
    } finally {
      await handle.close()
    }
    expect(under().footage.pathOf(segment)).toBe(segment.path)
  })

  test('opens nothing outside, whatever a row says', async () => {
    const { footage, folder, take } = under()
    const segment = await take()
    const outside = join(dirname(folder), `outside-${newId()}`)
    await mkdir(outside)
    await writeFile(join(outside, '000000.mp4'), 'secret')
    const byDots = `recordings/../../${outside.slice(dirname(folder).length + 1)}/000000.mp4`
    const refused = { kind: 'refused', key: 'agent.outsideFootage' }
    await expect(footage.open({ ...segment, path: byDots })).rejects.toMatchObject(refused)

    const linked = `recordings/${segment.channelId}/run-${newId()}`
    await symlink(outside, join(folder, linked))
    await expect(footage.open({ ...segment, path: `${linked}/000000.mp4` })).rejects.toMatchObject(refused)
    await unlink(join(folder, linked))

    await rename(join(folder, segment.path), join(folder, `${segment.path}.aside`))
    await symlink(join(outside, '000000.mp4'), join(folder, segment.path))
    await expect(footage.open(segment)).rejects.toMatchObject({ code: 'ELOOP' })
    await rename(join(folder, `${segment.path}.aside`), join(folder, segment.path))
    await expect(footage.open(segment, '../../etc')).rejects.toMatchObject({ kind: 'usage', key: 'agent.badId' })
  })

  test('what is kept outlives its recording, until it is let go', async () => {
    const { footage, take } = under()
    const [one, two] = [await take(), await take()]
    const holdId = newId()
    expect(await footage.keep(holdId, [one])).toEqual({ linked: [one.segmentId], failed: [] })
    // Again, with one more: as retention's rounds do.
    expect(await footage.keep(holdId, [one, two])).toEqual({ linked: [one.segmentId, two.segmentId], failed: [] })
    expect(await footage.remove([one.path, two.path])).toEqual([])
    expect([await isThere(one.path), await isThere(two.path)]).toEqual([false, false])
    await expect(footage.open(one)).rejects.toMatchObject(gone)
    expect([await digestOf(one, holdId), await digestOf(two, holdId)]).toEqual([one.sha256, two.sha256])
    expect(await isThere(footage.pathOf(one, holdId))).toBe(true)
    // A link that is there is kept, though the recording is gone.
    expect(await footage.keep(holdId, [one])).toEqual({ linked: [one.segmentId], failed: [] })

    await footage.letGo(holdId)
    await expect(footage.open(one, holdId)).rejects.toMatchObject(gone)
    expect(await isThere(dirname(footage.pathOf(one, holdId)))).toBe(false)
    await footage.letGo(holdId)
  })

  test('letting one hold go leaves the recording, and what another hold keeps', async () => {
    const { footage, folder, take } = under()
    const segment = await take()
    const [first, second] = [newId(), newId()]
    await footage.keep(first, [segment])
    await footage.keep(second, [segment])
    await footage.letGo(first)
    expect(await digestOf(segment, second)).toBe(segment.sha256)
    expect(await digestOf(segment)).toBe(segment.sha256)
    await footage.remove([segment.path])
    expect((await lstat(join(folder, footage.pathOf(segment, second)))).nlink).toBe(1)
    await footage.letGo(second)
  })

  test('removes recordings only: never what a hold keeps, what is being written, or anything outside', async () => {
    const { footage, folder, take, beingWritten } = under()
    const segment = await take()
    const holdId = newId()
    await footage.keep(holdId, [segment])
    const precious = join(dirname(folder), `precious-${newId()}`)
    await writeFile(precious, 'x')
    const open = await beingWritten()
    const asked = [footage.pathOf(segment, holdId), `../${precious.slice(dirname(folder).length + 1)}`, open]
    const failed = await footage.remove([...asked, segment.path])
    expect(failed.map(one => one.path)).toEqual(asked)
    for (const { reason } of failed) expect(reason).not.toBe('')
    expect(await isThere(open)).toBe(true)
    expect(await readFile(precious, 'utf8')).toBe('x')
    expect(await digestOf(segment, holdId)).toBe(segment.sha256)
    expect(await isThere(segment.path)).toBe(false)
    await footage.letGo(holdId)
  })

  test('a file that was deleted behind its back is an answer, not a crash, and hinders no other', async () => {
    const { footage, folder, take } = under()
    const [lost, there] = [await take(), await take()]
    await unlink(join(folder, lost.path))
    await expect(footage.open(lost)).rejects.toMatchObject(gone)
    const holdId = newId()
    const kept = await footage.keep(holdId, [lost, there])
    expect(kept.linked).toEqual([there.segmentId])
    expect(kept.failed.map(one => one.segmentId)).toEqual([lost.segmentId])
    expect(await footage.remove([lost.path])).toEqual([])
    await footage.letGo(holdId)
  })
}
