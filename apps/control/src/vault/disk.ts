import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, open, readdir, stat, statfs, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fromUnknown, MatthanError } from '@matthan/base/error'
import { makeFolder, readSize, syncFolder } from '@matthan/base/files'
import { isId } from '@matthan/base/id'
import { drain } from './drain.ts'
import type { EvidenceStore } from './vault.ts'

/** Digests of unfinished uploads kept between two PATCHes; a forgotten one costs one more read of what is there. */
const digestsKept = 512

/** A digest that runs along as bytes pass, and how many it has seen. */
type Running = { hash: Hash; bytes: number }

/**
 * The evidence store on a local disk:
 *
 *     incoming/<uuid>          what a box is sending
 *     objects/ab/ab12…         what was verified; read-only
 *
 * Both in one file system, so that becoming an object is a link and an unlink, whatever the size.
 */
export const openDiskVault = async (folder: string): Promise<EvidenceStore> => {
  const incomingFolder = join(folder, 'incoming')
  const objectsFolder = join(folder, 'objects')
  await makeFolder(incomingFolder)
  await makeFolder(objectsFolder)

  const running = new Map<string, Running>()

  const incomingPath = (id: string): string => {
    if (!isId(id)) throw new MatthanError('internal', 'base.internal', { reason: 'an upload id that is no UUID' })
    return join(incomingFolder, id)
  }
  const objectPath = (sha256: string): string => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new MatthanError('notFound', 'vault.noObject', { sha256 })
    return join(objectsFolder, sha256.slice(0, 2), sha256)
  }

  const keep = (id: string, digest: Running) => {
    running.delete(id)
    running.set(id, digest)
    if (running.size > digestsKept) running.delete(running.keys().next().value!)
  }

  /** The running digest at exactly `bytes`, from memory or by reading what is there (after a restart of the centre). */
  const digestAt = async (id: string, handle: FileHandle, bytes: number): Promise<Running> => {
    const known = running.get(id)
    if (known?.bytes === bytes) return known
    const hash = createHash('sha256')
    const buffer = Buffer.allocUnsafe(Math.min(readSize, Math.max(bytes, 1)))
    let at = 0
    while (at < bytes) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, bytes - at), at)
      if (bytesRead === 0) throw new MatthanError('dataLoss', 'vault.shorter', { id })
      hash.update(buffer.subarray(0, bytesRead))
      at += bytesRead
    }
    return { hash, bytes }
  }

  const sizeOf = async (path: string): Promise<number | undefined> =>
    await stat(path).then(
      s => s.size,
      error => {
        if (error.code === 'ENOENT') return undefined
        throw error
      }
    )

  const store: EvidenceStore = {
    begin: async id => {
      const handle = await open(incomingPath(id), constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o640)
      await handle.close()
      await syncFolder(incomingFolder)
    },

    size: async id => await sizeOf(incomingPath(id)),

    append: async (id, offset, source, most) => {
      const handle = await open(incomingPath(id), constants.O_RDWR | constants.O_NOFOLLOW)
      try {
        const size = (await handle.stat()).size
        if (size !== offset) throw new MatthanError('usage', 'vault.wrongOffset', { offset, size })
        const digest = await digestAt(id, handle, size)
        running.delete(id)
        let at = size
        try {
          const { torn } = await drain(source, most, async (chunks, bytes) => {
            const written = writeAll(handle, chunks, bytes, at)
            for (const chunk of chunks) digest.hash.update(chunk)
            await written
            at += bytes
          })
          // The promise of a 204: what tus acknowledges survives a power cut (@tus/file-store lost up to 36 MB).
          await handle.datasync()
          digest.bytes = at
          keep(id, digest)
          return { size: at, torn }
        } catch (error) {
          // Nothing that was not acknowledged may stay: after a failed write or fsync its pages can be anything.
          await handle.truncate(size)
          throw fromUnknown(error)
        }
      } finally {
        await handle.close()
      }
    },

    digest: async id => {
      const handle = await open(incomingPath(id), constants.O_RDONLY | constants.O_NOFOLLOW)
      try {
        const { size } = await handle.stat()
        const digest = await digestAt(id, handle, size)
        keep(id, digest)
        return { bytes: size, sha256: digest.hash.copy().digest('hex') }
      } finally {
        await handle.close()
      }
    },

    read: async (id, most) => {
      const handle = await open(incomingPath(id), constants.O_RDONLY | constants.O_NOFOLLOW)
      try {
        if ((await handle.stat()).size > most) throw new MatthanError('usage', 'vault.tooLong', { most })
        return await handle.readFile()
      } finally {
        await handle.close()
      }
    },

    admit: async (id, expected) => {
      const path = incomingPath(id)
      const name = objectPath(expected.sha256)
      if ((await sizeOf(path)) === undefined && (await sizeOf(name)) === expected.bytes) return
      const found = await store.digest(id)
      if (found.bytes !== expected.bytes || found.sha256 !== expected.sha256)
        throw new MatthanError('verification', 'vault.digestDiffers', {
          expected: expected.sha256,
          found: found.sha256
        })
      const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
      try {
        await handle.chmod(0o440)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await makeFolder(join(objectsFolder, expected.sha256.slice(0, 2)))
      // A link never replaces: an object that is there stays the very same file.
      await link(path, name).catch(error => {
        if (error.code !== 'EEXIST') throw error
      })
      await syncFolder(join(objectsFolder, expected.sha256.slice(0, 2)))
      await store.discard(id)
    },

    discard: async id => {
      running.delete(id)
      await unlink(incomingPath(id)).catch(error => {
        if (error.code !== 'ENOENT') throw error
      })
      await syncFolder(incomingFolder)
    },

    incoming: async () => (await readdir(incomingFolder)).filter(isId),

    stat: async sha256 => {
      const bytes = await sizeOf(objectPath(sha256))
      return bytes === undefined ? undefined : { bytes }
    },

    open: async sha256 => await open(await store.localPath(sha256), constants.O_RDONLY | constants.O_NOFOLLOW),

    localPath: async sha256 => {
      const path = objectPath(sha256)
      if ((await sizeOf(path)) === undefined) throw new MatthanError('notFound', 'vault.noObject', { sha256 })
      return path
    },

    objects: async function* () {
      for (const shard of (await readdir(objectsFolder)).sort())
        yield* (await readdir(join(objectsFolder, shard))).sort()
    },

    freeBytes: async () => {
      const { bavail, bsize } = await statfs(folder)
      return bavail * bsize
    }
  }
  return store
}

/** `writev` may write less than it was given. */
const writeAll = async (handle: FileHandle, chunks: Buffer[], bytes: number, position: number): Promise<void> => {
  const { bytesWritten } = await handle.writev(chunks, position)
  let rest = bytesWritten < bytes ? Buffer.concat(chunks).subarray(bytesWritten) : Buffer.alloc(0)
  let at = position + bytesWritten
  while (rest.length > 0) {
    const more = await handle.write(rest, 0, rest.length, at)
    rest = rest.subarray(more.bytesWritten)
    at += more.bytesWritten
  }
}
