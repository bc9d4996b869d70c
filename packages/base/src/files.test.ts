import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashFile, linkDurably, makeFolder, readJson, readSize, writeDurably } from './files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'matthan-files-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('files that must last', () => {
  it('are replaced whole, with their mode, and leave nothing beside them', async () => {
    const path = join(folder, 'a')
    await writeDurably(path, 'old', 0o600)
    await writeDurably(path, 'new', 0o600)
    expect(await readFile(path, 'utf8')).toBe('new')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['a'])
  })

  it('keep the old content when the new one cannot be put there, without a remainder', async () => {
    await makeFolder(join(folder, 'taken', 'inside'))
    await expect(writeDurably(join(folder, 'taken'), 'x')).rejects.toMatchObject({ code: /EISDIR|ENOTEMPTY/ })
    expect(await readdir(folder)).toEqual(['taken'])
  })

  it('lie in folders that may be there already', async () => {
    await makeFolder(join(folder, 'a', 'b'), 0o700)
    await makeFolder(join(folder, 'a', 'b'))
    expect((await stat(join(folder, 'a', 'b'))).mode & 0o777).toBe(0o700)
  })

  it('get a second name, once or twice', async () => {
    await writeFile(join(folder, 'a'), 'x')
    for (let i = 0; i < 2; i++) await linkDurably(join(folder, 'a'), join(folder, 'b'))
    expect((await stat(join(folder, 'a'))).nlink).toBe(2)
    await expect(linkDurably(join(folder, 'gone'), join(folder, 'c'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('reading', () => {
  it('JSON that is none says which file and why', async () => {
    const path = join(folder, 'a.json')
    await writeFile(path, '{"a":1')
    await expect(readJson(path)).rejects.toMatchObject({ kind: 'config', key: 'base.badJson', params: { path } })
    await writeFile(path, '{"a":1}')
    expect(await readJson(path)).toEqual({ a: 1 })
    await expect(readJson(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('hashes every byte, also of a file of more than one read, and follows no link', async () => {
    const path = join(folder, 'big')
    const bytes = Buffer.alloc(readSize + 7, 'matthan')
    await writeFile(path, bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    expect(await hashFile(path)).toEqual({ bytes: bytes.length, sha256 })
    await symlink(path, join(folder, 'link'))
    await expect(hashFile(join(folder, 'link'))).rejects.toMatchObject({ code: 'ELOOP' })
  })
})
