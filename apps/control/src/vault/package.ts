import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, withDeadline } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { makeFolder } from '@matthan/base/files'
import { buildBag } from '@matthan/evidence/bag'
import { describeEvidence } from '@matthan/evidence/describe'
import type { Playable } from '@matthan/evidence/evidence-json'
import { makePlayable, type Original } from '@matthan/evidence/playable'
import { openSeal, type SealKey, sealBytes } from '@matthan/evidence/seal'
import type { ToolRun } from '@matthan/evidence/tables'
import { verifyBag } from '@matthan/evidence/verify'
import { type Statement, statementName, statementSealName } from '@matthan/protocol/evidence'
import type { ClipFacts, PackageRow, PackageRows } from '../store/packages.ts'
import { readObject } from './object.ts'
import { readStatement } from './statement.ts'
import type { EvidenceStore } from './vault.ts'

export type PackageDeps = {
  vault: EvidenceStore
  rows: PackageRows
  /** The vault's folder; packages/ lies in it, in the same mount as what `vault.localPath` answers. */
  folder: string
  /** The centre's newest seal. */
  sealKey: SealKey
  /** DER: they lead to the seal and to the boxes. */
  roots: Uint8Array[]
  clock: Clock
  /** Whether this machine's clock is synchronised (I8). */
  synchronised(): boolean
  organisation: string
  /** Name and version of this program. */
  software: string
  /** Whether ffmpeg compares each playable copy with its originals, frame by frame; what is not compared says so. */
  compareFrames: boolean
}

const packagesFolder = 'packages'
/** ffmpeg only copies packets: a day of footage takes it minutes. */
const compareDeadlineMs = 60 * 60_000

/**
 * Makes the package of a clip whose order has its receipt: originals linked from their objects, playable copies,
 * facts, seal; then the row and the clip's state. The first package of an order has the order's id: one that a crash left between folder
 * and row is found, checked and taken, never built a second time.
 * @returns the package; undefined when nothing was recorded in the range.
 * @throws MatthanError verification, notFound or dataLoss when it can never be made; others when a later try may.
 */
export const makePackage = async (clip: ClipFacts, deps: PackageDeps): Promise<PackageRow | undefined> => {
  const { rows, clock } = deps
  const received = await readReceived(clip, deps)
  const { statement } = received
  if (statement.segments.length === 0) {
    await rows.noFootage(clip.clipId, clock.nowMs())
    return undefined
  }
  if (!/^[0-9A-Za-z-]{1,60}$/.test(clip.evidenceId))
    throw new MatthanError('internal', 'base.internal', { reason: 'an evidence label that is no file name' })
  const path = `${packagesFolder}/${clip.orderId}/${clip.evidenceId}`
  const row = (await adopt(clip, path, deps)) ?? (await build(clip, { path, received, deps }))
  await rows.packaged(row, statement.complete)
  return row
}

type Received = {
  statement: Statement
  bytes: Buffer
  seal: Buffer
  sha256: string
  signerSerial: string
  originals: Original[]
}

/** What the order brought, from the objects; the seal is opened again for the signer's name, by the clock of the centre: that of the box may be wrong. */
const readReceived = async (
  { orderId, receivedMs }: ClipFacts,
  { vault, rows, roots }: PackageDeps
): Promise<Received> => {
  const objects = new Map((await rows.objectsOf(orderId)).map(one => [one.name, one]))
  const named = (name: string) => {
    const object = objects.get(name)
    if (!object) throw new MatthanError('dataLoss', 'vault.objectMissing', { sha256: name })
    return object
  }
  const { sha256 } = named(statementName)
  const bytes = await readObject(vault, sha256)
  const seal = await readObject(vault, named(statementSealName).sha256)
  const { signerSerial } = await openSeal(seal, bytes, { roots, atMs: receivedMs })
  const { statement } = readStatement(bytes)
  const originals: Original[] = []
  for (const one of statement.segments) originals.push({ ...one, path: await vault.localPath(named(one.name).sha256) })
  return { statement, bytes, seal, sha256, signerSerial, originals }
}

/** The package that is already there under that name, when it is whole. */
const adopt = async (clip: ClipFacts, path: string, deps: PackageDeps): Promise<PackageRow | undefined> => {
  const folder = join(deps.folder, path)
  const report = await verifyBag(folder, { roots: deps.roots }).catch(error => {
    if (error instanceof MatthanError && error.kind === 'notFound') return undefined
    throw error
  })
  if (!report) return undefined
  const { ok, tagManifestSha256, sealSha256, sealedBy, bytes } = report
  if (!ok || !tagManifestSha256 || !sealSha256 || !sealedBy)
    throw new MatthanError('dataLoss', 'vault.packageDamaged', { label: clip.evidenceId })
  return {
    packageId: clip.orderId,
    clipId: clip.clipId,
    evidenceId: clip.evidenceId,
    path,
    bytes,
    tagManifestSha256,
    sealSha256,
    sealedMs: sealedBy.atMs
  }
}

const build = async (
  clip: ClipFacts,
  { path, received, deps }: { path: string; received: Received; deps: PackageDeps }
): Promise<PackageRow> => {
  const { clock, sealKey, roots, software } = deps
  const { statement, originals } = received
  const work = join(deps.folder, packagesFolder, clip.orderId, '.work')
  // What a crash left of an earlier try.
  await rm(join(deps.folder, packagesFolder, clip.orderId), { recursive: true, force: true })
  await makeFolder(join(deps.folder, packagesFolder, clip.orderId))
  await mkdir(work, { mode: 0o750 })
  const wish = { originals, range: statement.asked, folder: work }
  const { files, playable } = deps.compareFrames
    ? await withDeadline(compareDeadlineMs, frames => makePlayable({ ...wish, frames }))
    : await makePlayable(wish)
  // Bytes that show nothing are no footage, whatever the box says of them.
  if (playable.length === 0) throw new MatthanError('verification', 'vault.noFrames', { label: clip.evidenceId })
  const sealedMs = clock.nowMs()
  const bag = await buildBag({
    folder: join(deps.folder, path),
    evidence: describeEvidence({
      evidenceId: clip.evidenceId,
      atMs: sealedMs,
      synchronised: deps.synchronised(),
      boxName: clip.boxName,
      request: { requestedBy: clip.requestedBy, reason: clip.reason, requestedMs: clip.requestedMs },
      statement,
      statementSha256: received.sha256,
      statementSignerSerial: received.signerSerial,
      playable,
      ...(clip.hold ? { hold: clip.hold } : {})
    }),
    statement: received.bytes,
    statementSeal: received.seal,
    originals: originals.map(({ name, path, bytes, sha256AtPull }) => ({ name, path, bytes, sha256: sha256AtPull })),
    playable: files,
    tools: playable.map(one => toolRun(one, software)),
    certificates: [...roots, sealKey.issuing, sealKey.certificate],
    organisation: deps.organisation,
    software,
    seal: tagManifest => sealBytes(tagManifest, { ...sealKey, atMs: sealedMs })
  })
  await rm(work, { recursive: true })
  return {
    packageId: clip.orderId,
    clipId: clip.clipId,
    evidenceId: clip.evidenceId,
    path,
    bytes: bag.bytes,
    tagManifestSha256: bag.tagManifestSha256,
    sealSha256: bag.sealSha256,
    sealedMs
  }
}

const toolRun = (copy: Playable, version: string): ToolRun => ({
  tool: 'matthan-control fragmentCopy',
  version,
  command: `${copy.derivedFrom.join(' ')} > ${copy.path}`,
  exitCode: 0,
  output: `${copy.frames} frames, ${copy.framesCompared ? 'equal to those of the originals' : 'not compared'}`
})
