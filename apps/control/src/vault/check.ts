import { join } from 'node:path'
import { fromUnknown } from '@matthan/base/error'
import { hashFile } from '@matthan/base/files'
import type { ErrorKey, Params } from '@matthan/base/text/say'
import { verifyBag } from '@matthan/evidence/verify'
import type { Report } from '@matthan/evidence/verify-core'
import type { PackageRow, PackageRows } from '../store/packages.ts'
import type { EvidenceStore } from './vault.ts'

/** Something that I6 says cannot be: a sentence of the catalogue and its parameters. */
export type VaultFinding = { key: ErrorKey; params: Params }
export type VaultCheck = { objects: number; packages: number; bytes: number; findings: VaultFinding[] }

/**
 * Proves I6 on a vault: every object hashes to its name, every object that the store knows is there, every package
 * verifies and is the one that was sealed. Reads everything once; needs no lock, as nothing of it ever changes.
 */
export const checkVault = async (deps: {
  vault: EvidenceStore
  rows: PackageRows
  folder: string
  roots: Uint8Array[]
  signal: AbortSignal
}): Promise<VaultCheck> => {
  const { vault, rows, signal } = deps
  const findings: VaultFinding[] = []
  let bytes = 0
  const seen = new Set<string>()
  const known = await rows.objects()
  for await (const name of vault.objects()) {
    signal.throwIfAborted()
    seen.add(name)
    const handle = await vault.open(name)
    const found = await hashFile(handle).finally(() => handle.close())
    bytes += found.bytes
    if (found.sha256 !== name)
      findings.push({ key: 'vault.objectDamaged', params: { sha256: name, found: found.sha256 } })
  }
  for (const { sha256 } of known)
    if (!seen.has(sha256)) findings.push({ key: 'vault.objectMissing', params: { sha256 } })
  const packages = await rows.packages()
  for (const row of packages) {
    signal.throwIfAborted()
    findings.push(...(await checkPackage(row, deps)))
  }
  return { objects: seen.size, packages: packages.length, bytes, findings }
}

const checkPackage = async (
  row: PackageRow,
  deps: { folder: string; roots: Uint8Array[] }
): Promise<VaultFinding[]> => {
  const label = row.evidenceId
  let report: Report
  try {
    report = await verifyBag(join(deps.folder, row.path), { roots: deps.roots })
  } catch (error) {
    if (fromUnknown(error).kind !== 'notFound') throw error
    return [{ key: 'vault.packageMissing', params: { label } }]
  }
  const findings: VaultFinding[] = report.findings.map(one => ({
    key: 'vault.packageFile',
    params: { label, file: one.file, finding: one.key }
  }))
  if (report.tagManifestSha256 !== row.tagManifestSha256 || report.sealSha256 !== row.sealSha256)
    findings.push({ key: 'vault.packageOther', params: { label } })
  return findings
}
