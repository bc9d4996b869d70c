import { fromUnknown, MatthanError } from '@matthan/base/error'
import type { Params } from '@matthan/base/text/say'
import { boxUri, readBoxUri } from '@matthan/protocol/enrolment'
import { Statement } from '@matthan/protocol/evidence'
import { limits } from '@matthan/protocol/limits'
import { sha256Hex } from './digest.ts'
import { EvidenceJson } from './evidence-json.ts'
import { bagDeclaration, laterSignatures, layout } from './layout.ts'
import { type Listed, readManifest } from './manifest.ts'
import { type OpenedSeal, openSeal } from './seal.ts'
import { type Complain, compareFacts } from './verify-facts.ts'

/** A package to check, wherever its bytes are: a folder, an archive, a server. */
export type PackageSource = {
  /** Everything that is no folder, links and devices included. */
  list(): Promise<{ path: string; bytes: number; plain: boolean }[]>
  /** @throws when it is larger than `mostBytes`. */
  read(path: string, mostBytes: number): Promise<Uint8Array>
  sha256(path: string): Promise<string>
}

/** One thing that is wrong: with which file, and which sentence of the catalogue says it. */
export type Finding = { file: string; key: string; params: Params }

export type Report = {
  ok: boolean
  findings: Finding[]
  evidenceId?: string
  /** What to compare with the hand-over record. */
  tagManifestSha256?: string
  sealSha256?: string
  sealedBy?: { subject: string; serial: string; atMs: number }
  statedBy?: { subject: string; serial: string; atMs: number }
  /** Files that belong here and that this version cannot check yet: a time stamp, an officer's seal. */
  unchecked: string[]
  files: number
  bytes: number
}

export type VerifyOptions = {
  /** Certificates that are trusted, DER, from a source independent of the package. */
  roots: Uint8Array[]
  /** The instant for which the seal's certificate must be valid; its own signing time when left out. */
  atMs?: number
}

const mostManifestBytes = 64 << 20
const required = [
  layout.declaration,
  layout.info,
  layout.manifest,
  layout.tagManifest,
  layout.howToVerify,
  layout.seal,
  layout.evidence,
  layout.statement,
  layout.statementSeal
]

/**
 * Checks a package and names every file that is missing, changed, exchanged or added. It goes on after each
 * finding, and trusts nothing in the package but what leads to one of the roots.
 */
export const verifyPackage = async (source: PackageSource, options: VerifyOptions): Promise<Report> => {
  const findings: Finding[] = []
  const complain: Complain = (file, key, params = {}) => {
    findings.push({ file, key: `evidence.${key}`, params: { file, ...params } })
  }
  const listing = await source.list()
  const present = new Map(listing.filter(one => one.plain).map(one => [one.path, one]))
  for (const one of listing) if (!one.plain) complain(one.path, 'findNotPlain')

  /** The bytes of a file that was looked at whole, or undefined, with a finding unless it is missing. */
  const read = async (path: string, mostBytes = mostManifestBytes): Promise<Uint8Array | undefined> => {
    if (!present.has(path)) return undefined
    try {
      return await source.read(path, mostBytes)
    } catch (error) {
      complain(path, 'findUnreadable', { reason: fromUnknown(error).message })
      return undefined
    }
  }
  const open = async (seal: string, content: string, wish: { roots: Uint8Array[]; atMs?: number }) => {
    const [sealBytes, contentBytes] = [await read(seal, limits.sealBytes), await read(content)]
    if (!sealBytes || !contentBytes) return undefined
    try {
      return await openSeal(sealBytes, contentBytes, wish)
    } catch (error) {
      const e = error instanceof MatthanError ? error : fromUnknown(error)
      const key = e.key.replace(/^evidence\./, '')
      // A seal that is sound in itself and does not fit: the content is what changed.
      complain(key === 'sealContent' ? content : seal, key, { ...e.params, reason: e.message })
      return undefined
    }
  }

  const { roots, atMs } = options
  const sealed = await open(layout.seal, layout.tagManifest, { roots, ...(atMs === undefined ? {} : { atMs }) })
  if (sealed?.signerUris.some(uri => readBoxUri(uri))) complain(layout.seal, 'findBoxSealed')

  const listed = await checkManifests({ source, present, read, complain })
  const info = await checkBag({ present, read, complain })

  // A box's clock may be wrong, and its certificate may have expired since: the centre's seal tells when it was good.
  const judgedAtMs = atMs ?? sealed?.signedAtMs
  const stated = await open(layout.statementSeal, layout.statement, {
    roots,
    ...(judgedAtMs === undefined ? {} : { atMs: judgedAtMs })
  })
  const statement = parse(await read(layout.statement, limits.statementBytes), Statement, () =>
    complain(layout.statement, 'findBadFacts')
  )
  const evidence = parse(await read(layout.evidence), EvidenceJson, () => complain(layout.evidence, 'findBadFacts'))
  if (stated && statement && !stated.signerUris.includes(boxUri(statement.boxId)))
    complain(layout.statementSeal, 'findOtherBox', { box: statement.boxId })
  if (statement && evidence) {
    const hash = await sha256Hex((await read(layout.statement)) ?? new Uint8Array())
    compareFacts({ statement, statementSha256: hash, stated, evidence, listed, present, info, complain })
  }

  const digest = async (path: string) => (present.has(path) ? { [path]: await source.sha256(path) } : {})
  const hashes: Record<string, string> = { ...(await digest(layout.tagManifest)), ...(await digest(layout.seal)) }
  const who = (seal: OpenedSeal) => ({ subject: seal.signerSubject, serial: seal.signerSerial, atMs: seal.signedAtMs })
  return {
    ok: findings.length === 0,
    findings: findings.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0)),
    ...(evidence ? { evidenceId: evidence.evidenceId } : {}),
    ...(hashes[layout.tagManifest] ? { tagManifestSha256: hashes[layout.tagManifest] } : {}),
    ...(hashes[layout.seal] ? { sealSha256: hashes[layout.seal] } : {}),
    ...(sealed ? { sealedBy: who(sealed) } : {}),
    ...(stated ? { statedBy: who(stated) } : {}),
    unchecked: laterSignatures.filter(path => present.has(path)),
    files: listing.length,
    bytes: listing.reduce((sum, one) => sum + one.bytes, 0)
  }
}

type Checks = {
  present: Map<string, { bytes: number }>
  read(path: string): Promise<Uint8Array | undefined>
  complain: Complain
}

const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes)

/** Both manifests, every file that they list, and every file that they don't. @returns what is listed. */
const checkManifests = async (checks: Checks & { source: PackageSource }): Promise<Map<string, string>> => {
  const { source, present, read, complain } = checks
  const listed = new Map<string, string>()
  for (const [manifest, isOurs] of [
    [layout.manifest, (path: string) => path.startsWith('data/')],
    [layout.tagManifest, (path: string) => !/^(data|signatures)\//.test(path) && path !== layout.tagManifest]
  ] as const) {
    const text = textOf(await read(manifest))
    if (text === undefined) continue
    const { files, badLines, canonical } = readManifest(text)
    if (badLines.length > 0) complain(manifest, 'findBadLines', { lines: badLines.slice(0, 20).join(', ') })
    else if (!canonical) complain(manifest, 'findNotCanonical')
    for (const { path, sha256 } of files)
      if (isOurs(path)) listed.set(path, sha256)
      else complain(manifest, 'findForeignPath', { path: path.slice(0, 200) })
  }
  await checkFiles(listed, { source, present, complain })
  const may = new Set<string>([layout.tagManifest, layout.seal, ...laterSignatures, ...listed.keys()])
  for (const path of present.keys()) if (!may.has(path)) complain(path, 'findExtra')
  for (const path of required)
    if (!present.has(path) && !listed.has(path)) complain(path, 'findMissing')
    else if (present.has(path) && !may.has(path)) complain(path, 'findNotListed')
  return listed
}

const checkFiles = async (
  listed: Map<string, string>,
  { source, present, complain }: Pick<Checks, 'present' | 'complain'> & { source: PackageSource }
): Promise<void> => {
  const owners = new Map<string, Listed>()
  for (const [path, sha256] of listed) owners.set(sha256, { path, sha256 })
  for (const [path, sha256] of listed) {
    if (!present.has(path)) {
      complain(path, 'findMissing')
      continue
    }
    const found = await source.sha256(path).catch(() => '')
    if (found === sha256) continue
    const owner = owners.get(found)
    if (owner) complain(path, 'findSwapped', { other: owner.path })
    else complain(path, 'findChanged')
  }
}

/** RFC 8493 2.1.1 and 2.2.2. @returns the fields of bag-info.txt. */
const checkBag = async ({ present, read, complain }: Checks): Promise<Map<string, string>> => {
  const declaration = textOf(await read(layout.declaration))
  if (declaration !== undefined && declaration !== bagDeclaration) complain(layout.declaration, 'findNoBag')
  const info = textOf(await read(layout.info))
  const fields = new Map(
    (info ?? '').split('\n').flatMap(line => {
      const at = line.indexOf(': ')
      return at > 0 ? [[line.slice(0, at), line.slice(at + 2)] as const] : []
    })
  )
  const payload = [...present].filter(([path]) => path.startsWith('data/'))
  const oxum = `${payload.reduce((sum, [, one]) => sum + one.bytes, 0)}.${payload.length}`
  const wanted = fields.get('Payload-Oxum')
  if (info !== undefined && wanted !== oxum) complain(layout.info, 'findOxum', { wanted: wanted ?? '', found: oxum })
  return fields
}

const parse = <T>(
  bytes: Uint8Array | undefined,
  schema: { parse(value: unknown): T },
  failed: () => void
): T | undefined => {
  if (!bytes) return undefined
  try {
    return schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    failed()
    return undefined
  }
}
