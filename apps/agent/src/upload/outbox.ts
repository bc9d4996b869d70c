import { constants } from 'node:fs'
import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { MatthanError } from '@matthan/base/error'
import { makeFolder, syncFolder, writeDurably } from '@matthan/base/files'
import { isId } from '@matthan/base/id'

/** Files of an order that wait for the centre's receipt: statements, seals, pictures. One folder an order. */
export type Outbox = {
  write(orderId: string, name: string, data: string | Uint8Array): Promise<void>
  /** Undefined when there is none. */
  read(orderId: string, name: string): Promise<Buffer | undefined>
  /** As the upload table stores it. */
  pathOf(orderId: string, name: string): string
  open(path: string): Promise<FileHandle>
  remove(orderId: string, names: readonly string[]): Promise<void>
  /** Removes the folders of orders that are over. */
  tidy(isOver: (orderId: string) => boolean): Promise<void>
}

export const outboxPrefix = 'outbox/'
const fileName = /^[0-9a-z.]{1,60}$/

/** @param dataFolder the agent's own; nothing of another program is in it. */
export const makeOutbox = (dataFolder: string): Outbox => {
  const root = join(dataFolder, 'outbox')

  const pathOf = (orderId: string, name: string): string => {
    if (!isId(orderId) || !fileName.test(name) || name.startsWith('.'))
      throw new MatthanError('usage', 'agent.badId', { id: orderId.slice(0, 60) })
    return `${outboxPrefix}${orderId}/${name}`
  }

  return {
    pathOf,
    write: async (orderId, name, data) => {
      const path = join(dataFolder, pathOf(orderId, name))
      await makeFolder(join(root, orderId), 0o700)
      await syncFolder(root)
      await writeDurably(path, data, 0o600)
    },
    read: async (orderId, name) =>
      await readFile(join(dataFolder, pathOf(orderId, name))).catch(error => {
        if (error.code === 'ENOENT') return undefined
        throw error
      }),
    open: async path => {
      const [, orderId = '', name = ''] = path.split('/')
      return await open(join(dataFolder, pathOf(orderId, name)), constants.O_RDONLY | constants.O_NOFOLLOW)
    },
    remove: async (orderId, names) => {
      for (const name of names) await rm(join(dataFolder, pathOf(orderId, name)), { force: true })
    },
    tidy: async isOver => {
      for (const name of await readdir(root).catch(() => []))
        if (isId(name) && isOver(name)) await rm(join(root, name), { recursive: true, force: true })
    }
  }
}
