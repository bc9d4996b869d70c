import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildPrograms, nodeFlags, type Program } from '../../infra/build.ts'
import { isRoot } from './program.ts'

/**
 * Where a fleet lives: the built programs and a copy of Node, readable by the three system users whatever the
 * permissions of the clone are, and a folder for each centre and box.
 */
export type Stage = {
  folder: string
  node: string
  /** The built file. */
  program(name: Program): string
  /** What `node` is given to run it as it is shipped: its flags and the file; the program's own arguments follow. */
  nodeArgs(name: Program): string[]
}

/** Builds and lays out; a second of work. */
export const makeStage = async (parent = tmpdir()): Promise<Stage> => {
  const folder = mkdtempSync(join(parent, 'matthan-'))
  chmodSync(folder, 0o755)
  await buildPrograms(join(folder, 'programs'))
  const node = join(folder, 'node')
  copyFileSync(process.execPath, node)
  chmodSync(node, 0o755)
  const program: Stage['program'] = name => join(folder, 'programs', `${name}.mjs`)
  return { folder, node, program, nodeArgs: name => [...nodeFlags[name], program(name)] }
}

/** A folder owned by a system user; without root by whoever runs this. */
export const makeOwned = (path: string, mode: number, user?: string, group = user): string => {
  mkdirSync(path, { recursive: true })
  chmodSync(path, mode)
  if (isRoot && user) {
    execFileSync('chown', [`${user}:${group}`, path])
    chmodSync(path, mode)
  }
  return path
}

/** Hands a file to a system user; without root it stays whose it is. */
export const giveTo = (path: string, user: string): void => {
  if (isRoot) execFileSync('chown', [user, path])
}
