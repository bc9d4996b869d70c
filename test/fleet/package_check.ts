import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** What ordinary tools say of a package: the commands of VERIFY.txt, really run. Each returns nothing, or throws what the tool said. */
const run = (folder: string, command: string, args: string[]): string => {
  try {
    return execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`.trim())
  }
}

/** `sha256sum -c --strict` over both manifests, and the comparison that finds added files. */
export const checkSums = (folder: string): void => {
  run(folder, 'sha256sum', ['-c', '--strict', '--quiet', 'tagmanifest-sha256.txt'])
  run(folder, 'sha256sum', ['-c', '--strict', '--quiet', 'manifest-sha256.txt'])
  run(folder, 'bash', [
    '-c',
    'diff <(find data -type f | LC_ALL=C sort) <(cut -c67- manifest-sha256.txt | LC_ALL=C sort)'
  ])
}

/** `openssl cms -verify -cades` without `-purpose`, as a stranger would. */
export const checkSeal = (folder: string, ca: string): void => {
  const args = [
    '-inform',
    'DER',
    '-in',
    'signatures/seal.p7s',
    '-content',
    'tagmanifest-sha256.txt',
    '-CAfile',
    ca,
    '-out',
    '/dev/null'
  ]
  run(folder, 'openssl', ['cms', '-verify', '-binary', '-cades', ...args])
  const statement = [
    '-inform',
    'DER',
    '-in',
    'data/metadata/acquisition.json.p7s',
    '-content',
    'data/metadata/acquisition.json',
    '-CAfile',
    ca,
    '-out',
    '/dev/null'
  ]
  run(folder, 'openssl', ['cms', '-verify', '-binary', '-cades', ...statement])
}

/** Every file below `folder`, relative to it, sorted. */
export const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .sort()

/** The box's statement in a package. */
export const statementOf = (folder: string): StatementOnDisk =>
  JSON.parse(readFileSync(join(folder, 'data/metadata/acquisition.json'), 'utf8'))

export type StatementOnDisk = {
  asked: { fromMs: number; toMs: number }
  delivered?: { fromMs: number; toMs: number }
  complete: boolean
  segments: {
    name: string
    segmentId: string
    sha256: string
    bytes: number
    startMs: number
    endMs: number
    runId: string
    index: number
  }[]
  gaps: { fromMs: number; toMs: number; cause: string }[]
}
