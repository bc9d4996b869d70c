import { createHash } from 'node:crypto'
import { link, lstat, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isoInstant } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { makeFolder, syncFolder } from '@matthan/base/files'
import { newId } from '@matthan/base/id'
import { EvidenceJson } from './evidence-json.ts'
import { howToVerify } from './how-to-verify.ts'
import { bagDeclaration, isSafePath, layout } from './layout.ts'
import { type Listed, writeManifest } from './manifest.ts'
import { toPem } from './pem.ts'
import { gapsTable, segmentsTable, type ToolRun, toolsLog } from './tables.ts'

/** A file that was hashed when it was received or made; it is linked into the bag and not read again. */
export type BagFile = {
  /** Name in data/original/ or data/playable/. */
  name: string
  /** In the same mount as the bag. */
  path: string
  bytes: number
  sha256: string
}

export type BagInput = {
  /** Where the bag shall lie; nothing may be there. */
  folder: string
  evidence: EvidenceJson
  /** acquisition.json and its seal, byte for byte as received from the box. */
  statement: Uint8Array
  statementSeal: Uint8Array
  originals: BagFile[]
  playable: BagFile[]
  tools: ToolRun[]
  /** For trust/certificates.pem, DER: root, issuing, seal. A convenience; trust comes from elsewhere. */
  certificates: Uint8Array[]
  organisation: string
  /** Name and version of the program. */
  software: string
  /** Seals the bytes of the tag manifest (seal.ts). */
  seal: (tagManifest: Uint8Array) => Promise<Uint8Array>
}

export type Bag = {
  folder: string
  /** The seal code (mã kiểm tra toàn vẹn) for the hand-over record, beside the hash of the seal itself. */
  tagManifestSha256: string
  sealSha256: string
  /** Payload and tag files, with the seal. */
  files: number
  bytes: number
}

const hashOf = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** RFC 8493 2.2.2: one field a line; what people typed has no line of its own. */
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ').trim()

const infoText = (input: BagInput, payload: { bytes: number; count: number }): string =>
  [
    ['Bag-Software-Agent', input.software],
    ['Bagging-Date', isoInstant(input.evidence.created.ms).slice(0, 10)],
    ['External-Identifier', input.evidence.evidenceId],
    ['Payload-Oxum', `${payload.bytes}.${payload.count}`],
    ['Source-Organization', input.organisation]
  ]
    .map(([field, value]) => `${field}: ${oneLine(value!)}\n`)
    .join('')

/**
 * Builds and seals a package: everything in a temporary folder, fsynced, then renamed to its place, so that a
 * package is there whole or not at all. Originals and playable copies are hard links.
 * @throws MatthanError refused when something is at `folder`; verification when a file is not as large as stated.
 */
export const buildBag = async (input: BagInput): Promise<Bag> => {
  const { folder } = input
  const evidence = EvidenceJson.parse(input.evidence)
  if (await lstat(folder).catch(() => undefined)) throw new MatthanError('refused', 'evidence.bagExists', { folder })
  await makeFolder(dirname(folder))
  const draft = join(dirname(folder), `.${newId()}.tmp`)
  try {
    const bag = await fillBag(draft, { ...input, evidence })
    await syncTree(draft)
    await rename(draft, folder)
    await syncFolder(dirname(folder))
    return { folder, ...bag }
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

const fillBag = async (draft: string, input: BagInput): Promise<Omit<Bag, 'folder'>> => {
  const { evidence } = input
  let bytes = 0
  for (const path of [layout.originals, layout.playable, layout.evidence, layout.certificates, layout.seal])
    await mkdir(path.endsWith('/') ? join(draft, path) : dirname(join(draft, path)), { recursive: true, mode: 0o750 })

  const linked = async (under: string, files: BagFile[]): Promise<Listed[]> => {
    const listed: Listed[] = []
    for (const file of files) {
      const path = under + file.name
      if (!isSafePath(path)) throw new MatthanError('verification', 'evidence.bagUnsafeName', { file: file.name })
      await link(file.path, join(draft, path))
      const found = await lstat(join(draft, path))
      if (!found.isFile() || found.size !== file.bytes)
        throw new MatthanError('verification', 'evidence.bagFileOther', { file: file.name })
      bytes += file.bytes
      listed.push({ path, sha256: file.sha256 })
    }
    return listed
  }
  const written = async (path: string, data: string | Uint8Array): Promise<Listed> => {
    await writeFile(join(draft, path), data, { flag: 'wx', mode: 0o640 })
    bytes += Buffer.byteLength(data)
    return { path, sha256: hashOf(data) }
  }

  const payload = [
    ...(await linked(layout.originals, input.originals)),
    ...(await linked(layout.playable, input.playable)),
    await written(layout.evidence, `${JSON.stringify(evidence, null, 2)}\n`),
    await written(layout.statement, input.statement),
    await written(layout.statementSeal, input.statementSeal),
    await written(layout.segments, segmentsTable(evidence)),
    await written(layout.gaps, gapsTable(evidence)),
    await written(layout.tools, toolsLog(input.tools))
  ]
  const oxum = { bytes, count: payload.length }
  const tags = [
    await written(layout.declaration, bagDeclaration),
    await written(layout.info, infoText(input, oxum)),
    await written(layout.manifest, writeManifest(payload)),
    await written(layout.howToVerify, howToVerify(evidence)),
    await written(layout.certificates, input.certificates.map(toPem).join(''))
  ]
  const tagManifest = Buffer.from(writeManifest(tags))
  const { sha256: tagManifestSha256 } = await written(layout.tagManifest, tagManifest)
  const { sha256: sealSha256 } = await written(layout.seal, await input.seal(tagManifest))
  return { tagManifestSha256, sealSha256, files: payload.length + tags.length + 2, bytes }
}

/** fsync of every file, then of every folder, from the leaves to the root. */
const syncTree = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      await syncTree(path)
      continue
    }
    const file = await open(path, 'r')
    await file.sync().finally(() => file.close())
  }
  await syncFolder(folder)
}
