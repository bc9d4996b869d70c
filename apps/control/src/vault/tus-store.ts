import type { AsyncLocalStorage } from 'node:async_hooks'
import type { Readable } from 'node:stream'
import { DataStore, ERRORS, Upload } from '@tus/utils'
import type { UploadRow } from '../store/uploads.ts'
import type { Body } from './upload-locker.ts'
import type { EvidenceStore } from './vault.ts'

/**
 * What @tus/server stores into: the vault. The offset of an upload is the durable size of its incoming file, so that a
 * PATCH costs no row and a restart needs no reconciling.
 *
 * The bytes do not come through the library's chain of web stream, proxy and limiter (which costs more than hashing
 * and writing them); they are read from the request itself, and the vault keeps the limit.
 */
export const makeTusStore = (deps: {
  vault: EvidenceStore
  bodies: AsyncLocalStorage<Body>
  upload(uploadId: string): Promise<UploadRow | undefined>
}): DataStore => {
  const { vault, bodies } = deps

  const find = async (id: string): Promise<{ row: UploadRow; offset: number }> => {
    const row = await deps.upload(id)
    if (!row || row.state === 'refused') throw ERRORS.FILE_NOT_FOUND
    return { row, offset: row.state === 'admitted' ? row.length : ((await vault.size(id)) ?? 0) }
  }

  class VaultStore extends DataStore {
    override extensions = ['creation']

    /** The row and the file were made when the box was allowed to send it (`admission.ts`). */
    override async create(upload: Upload): Promise<Upload> {
      return upload
    }

    override async getUpload(id: string): Promise<Upload> {
      const { row, offset } = await find(id)
      return new Upload({ id, size: row.length, offset, metadata: { orderId: row.orderId, name: row.name } })
    }

    override async write(_: Readable, id: string, offset: number): Promise<number> {
      const { row } = await find(id)
      // An empty file was whole when it was made; nothing is left to write.
      if (row.state === 'admitted') return offset
      const body = bodies.getStore()
      if (!body) throw ERRORS.INVALID_OFFSET
      const { size, torn } = await vault.append(id, offset, body.raw, row.length - offset)
      if (torn) throw ERRORS.ABORTED
      return size
    }
  }
  return new VaultStore()
}
