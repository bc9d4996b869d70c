import { isSafePath } from './layout.ts'

/** One file as a manifest lists it. */
export type Listed = { path: string; sha256: string }

const byPath = (a: Listed, b: Listed): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)

/** The one form that we write and accept: what `sha256sum` prints, ascending by path, each path once. */
export const writeManifest = (files: Listed[]): string =>
  files
    .toSorted(byPath)
    .map(({ path, sha256 }) => `${sha256}  ${path}\n`)
    .join('')

/**
 * Reads a manifest. Lines that are not of that form are left out and reported by their number.
 * @returns `canonical` is false when writing it again would give other bytes.
 */
export const readManifest = (text: string): { files: Listed[]; badLines: number[]; canonical: boolean } => {
  const files: Listed[] = []
  const badLines: number[] = []
  const seen = new Set<string>()
  for (const [i, line] of text.replace(/\n$/, '').split('\n').entries()) {
    const [, sha256, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
    if (!sha256 || !path || !isSafePath(path) || seen.has(path)) {
      if (text !== '') badLines.push(i + 1)
      continue
    }
    seen.add(path)
    files.push({ path, sha256 })
  }
  return { files, badLines, canonical: badLines.length === 0 && writeManifest(files) === text }
}
