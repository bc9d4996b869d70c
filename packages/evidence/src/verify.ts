import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { MatthanError } from '@matthan/base/error'
import { hashFile } from '@matthan/base/files'
import { firstDifferentFrame } from '@matthan/media/framehash'
import { EvidenceJson } from './evidence-json.ts'
import { layout } from './layout.ts'
import { type PackageSource, type Report, type VerifyOptions, verifyPackage } from './verify-core.ts'

const openPlain = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)

/** A package in a folder. Links are not followed. @throws MatthanError notFound when it is no folder. */
export const folderSource = (folder: string): PackageSource => {
  const walk = async (under: string): Promise<Awaited<ReturnType<PackageSource['list']>>> => {
    const found = []
    for (const entry of await readdir(join(folder, under), { withFileTypes: true })) {
      const path = under + entry.name
      if (entry.isDirectory()) found.push(...(await walk(`${path}/`)))
      else found.push({ path, bytes: (await lstat(join(folder, path))).size, plain: entry.isFile() })
    }
    return found
  }
  return {
    list: async () => {
      const found = await lstat(folder).catch(() => undefined)
      if (!found?.isDirectory()) throw new MatthanError('notFound', 'evidence.noPackage', { folder })
      return await walk('')
    },
    read: async (path, mostBytes) => {
      const file = await openPlain(join(folder, path))
      try {
        const { size } = await file.stat()
        if (size > mostBytes)
          throw new MatthanError('verification', 'evidence.tooLarge', { file: path, bytes: mostBytes })
        return await file.readFile()
      } finally {
        await file.close()
      }
    },
    sha256: async path => {
      const file = await openPlain(join(folder, path))
      return (await hashFile(file).finally(() => file.close())).sha256
    }
  }
}

/**
 * Checks the package in a folder (verify-core.ts says what).
 * @param options.frames where nothing else is wrong, compares also the frames of each playable copy with the originals, by
 *   ffmpeg; AbortError when it fires first.
 * @throws MatthanError notFound when there is no folder. What is wrong with a package is in the report.
 */
export const verifyBag = async (folder: string, options: VerifyOptions & { frames?: AbortSignal }): Promise<Report> => {
  const source = folderSource(folder)
  const report = await verifyPackage(source, options)
  if (!options.frames || !report.ok) return report
  const findings = [...report.findings]
  const evidence = EvidenceJson.parse(JSON.parse(Buffer.from(await source.read(layout.evidence, 64 << 20)).toString()))
  for (const { path, derivedFrom, codec, firstLine, frames } of evidence.playable) {
    const line = await firstDifferentFrame({
      playable: join(folder, path),
      originals: derivedFrom.map(original => join(folder, original)),
      codec,
      firstLine,
      frames,
      signal: options.frames
    })
    if (line !== undefined) findings.push({ file: path, key: 'evidence.findFrames', params: { file: path, line } })
  }
  return { ...report, ok: findings.length === 0, findings }
}
