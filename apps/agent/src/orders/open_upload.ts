import type { FileHandle } from 'node:fs/promises'
import { openContained } from '../footage/footage.ts'
import { type Outbox, outboxPrefix } from '../upload/outbox.ts'

/** How the uploader opens the paths of the upload table: of the outbox, or below the footage folder. */
export const openUpload =
  ({ outbox, footageFolder }: { outbox: Outbox; footageFolder: string }) =>
  (path: string): Promise<FileHandle> =>
    path.startsWith(outboxPrefix) ? outbox.open(path) : openContained(footageFolder, path)
