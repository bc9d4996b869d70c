import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, readdir, readFile, readlink, realpath, statfs } from 'node:fs/promises'
import { basename, sep } from 'node:path'

/** The file system that a folder lies on. */
export type Disk = { diskId: string; mount: string; device: string; fileSystem: string }
export type DiskSpace = Disk & { totalBytes: number; freeBytes: number; readOnly: boolean }

/** A UUID (version 8, RFC 9562 5.8) from what a thing is, so that it is the same after each start. */
export const idFrom = (text: string): string => {
  const h = createHash('sha256').update(text).digest('hex')
  const variant = ((Number.parseInt(h[16]!, 16) & 3) | 8).toString(16)
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20, 32)}`
}

export type Mount = { mount: string; device: string; fileSystem: string; readOnly: boolean }

/** /proc/self/mountinfo (proc(5)): fields 5 and 6, and after the dash type and source. Later mounts cover earlier ones. */
export const parseMounts = (text: string): Mount[] =>
  text.split('\n').flatMap(line => {
    const [left, right] = line.split(' - ')
    const mount = left?.split(' ')[4]
    const options = left?.split(' ')[5] ?? ''
    const [fileSystem, device] = right?.split(' ') ?? []
    if (!mount || !fileSystem || device === undefined) return []
    const plain = mount.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    return [{ mount: plain, device, fileSystem, readOnly: options.split(',').includes('ro') }]
  })

export const mountOf = (mounts: readonly Mount[], path: string): Mount | undefined =>
  mounts.findLast(
    m =>
      (m.mount === '/' || path === m.mount || path.startsWith(m.mount + sep)) &&
      !mounts.some(o => o.mount.length > m.mount.length && (path === o.mount || path.startsWith(o.mount + sep)))
  )

/** The UUID of the file system on a device, when udev lists it. */
const fileSystemUuid = async (device: string): Promise<string | undefined> => {
  const folder = '/dev/disk/by-uuid'
  for (const name of await readdir(folder).catch(() => []))
    if (basename(await readlink(`${folder}/${name}`).catch(() => '')) === basename(device)) return name
  return undefined
}

export const diskOf = async (folder: string): Promise<Disk & { readOnly: boolean }> => {
  const path = await realpath(folder)
  const found = mountOf(parseMounts(await readFile('/proc/self/mountinfo', 'utf8')), path)
  const { mount, device, fileSystem, readOnly } = found ?? { mount: '/', device: '', fileSystem: '', readOnly: false }
  const uuid = await fileSystemUuid(device)
  return { diskId: idFrom(uuid ?? `${device} ${mount}`), mount, device, fileSystem, readOnly }
}

/** Sizes now (statfs(2)); free is what a program without privileges may still write. */
export const spaceOf = async (folder: string, disk?: Disk): Promise<DiskSpace> => {
  const known = disk ?? (await diskOf(folder))
  const { bsize, blocks, bavail } = await statfs(folder)
  const readOnly = await access(folder, constants.W_OK).then(
    () => false,
    error => error.code === 'EROFS'
  )
  const { diskId, mount, device, fileSystem } = known
  return { diskId, mount, device, fileSystem, totalBytes: bsize * blocks, freeBytes: bsize * bavail, readOnly }
}
