import type { FileHandle } from 'node:fs/promises'
import type { Clock } from '@matthan/base/clock'
import type { HttpStack } from 'tus-js-client'
import type { UploadRow } from '../store/uploads.ts'
import { firstPatch, nextPatch } from './meter.ts'

export type SendFile = {
  file: UploadRow
  /** Where uploads are created. */
  endpoint: string
  /** Where this one is; empty when it was not created yet. */
  location: string
  http: HttpStack
  open(path: string): Promise<FileHandle>
  clock: Clock
  signal: AbortSignal
  located(url: string): void
  /** How far it is, and how many bytes of that went out just now. */
  moved(at: number, newBytes: number): void
}

/** A chunk as tus-js-client wants it: it asks for `size`, as of a Blob. */
const chunkOf = async (handle: FileHandle, start: number, end: number): Promise<Buffer & { size: number }> => {
  const buffer = Buffer.allocUnsafe(end - start)
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return Object.assign(buffer.subarray(0, filled), { size: filled })
}

/** One try at one file by tus 1.0: HEAD where it is known already, else POST, then PATCH by PATCH. */
export const sendFile = async (options: SendFile): Promise<void> => {
  const { file, endpoint, location, http, open, clock, signal, located, moved } = options
  signal.throwIfAborted()
  const { Upload } = await import('tus-js-client')
  const handle = await open(file.path)
  let cut = (): void => {}
  try {
    await new Promise<void>((resolve, reject) => {
      let at = -1
      let begunMs = clock.monoMs()
      const tell = (sent: number): void => {
        // The first word after a resume says where the centre is; only what comes after went over the link now.
        moved(sent, at === -1 ? 0 : Math.max(0, sent - at))
        at = Math.max(at, sent)
      }
      const made = new Upload(Buffer.alloc(0), {
        endpoint,
        uploadUrl: location || null,
        uploadSize: file.bytes,
        metadata: { orderId: file.orderId, name: file.name },
        chunkSize: firstPatch,
        retryDelays: null,
        storeFingerprintForResuming: false,
        httpStack: http,
        fileReader: {
          openFile: async () => ({
            size: file.bytes,
            slice: async (start: number, end: number) => ({
              value: await chunkOf(handle, start, Math.min(end, file.bytes)),
              done: end >= file.bytes
            }),
            close: () => {}
          })
        },
        onUploadUrlAvailable: () => {
          if (made.url) located(made.url)
        },
        onProgress: sent => {
          if (at === -1) begunMs = clock.monoMs()
          tell(sent)
        },
        onChunkComplete: chunkBytes => {
          const now = clock.monoMs()
          made.options.chunkSize = nextPatch(Math.max(chunkBytes, 65_536), now - begunMs)
          begunMs = now
        },
        onSuccess: () => resolve(),
        onError: reject
      })
      cut = () => {
        void made.abort()
        reject(signal.reason)
      }
      signal.addEventListener('abort', cut, { once: true })
      made.start()
    })
  } finally {
    signal.removeEventListener('abort', cut)
    await handle.close()
  }
}
