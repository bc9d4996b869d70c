import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'

/**
 * Where evidence lies (a port; `test/contracts/vault.ts` is what every implementation must pass). A file comes in
 * under an id of ours, grows only at its end, and becomes an *object* named by the SHA-256 of its bytes. An object
 * is never modified (I6).
 *
 * Ids are UUIDs that this centre made; nothing that a box sent becomes a name here.
 */
export type EvidenceStore = {
  /** Makes the empty incoming file `id`, durable under its name. No error when it is there already. */
  begin(id: string): Promise<void>

  /** Durable bytes of the incoming file; undefined when there is none. */
  size(id: string): Promise<number | undefined>

  /**
   * Appends what `source` yields at `offset`, which must be the file's size, and at most `most` bytes. Resolves once
   * every byte is durable, with the new size. A source that breaks off is no error: what came until then is kept
   * and durable, and `torn` says so.
   * @throws MatthanError usage when `offset` is not the size or the source yields more than `most`; exhausted when the
   * disk is full. Nothing of this append is kept then.
   */
  append(id: string, offset: number, source: Readable, most: number): Promise<{ size: number; torn: boolean }>

  /** Size and SHA-256 of the incoming file; costs nothing when all came through `append` since this process began. */
  digest(id: string): Promise<{ bytes: number; sha256: string }>

  /** Reads a small incoming file whole. @throws MatthanError usage when it is larger than `most`. */
  read(id: string, most: number): Promise<Buffer>

  /**
   * Makes the incoming file the object `expected.sha256`, durable under that name. No error when the object is there
   * already: it has the same bytes. The incoming file is gone afterwards.
   * @throws MatthanError verification when size or digest differ; the incoming file stays for whoever asks why.
   */
  admit(id: string, expected: { bytes: number; sha256: string }): Promise<void>

  /** Removes the incoming file; no error when there is none. */
  discard(id: string): Promise<void>

  /** Ids of all incoming files. */
  incoming(): Promise<string[]>

  /** Size of an object; undefined when there is none. */
  stat(sha256: string): Promise<{ bytes: number } | undefined>

  /** An object for reading; the caller closes it. @throws MatthanError notFound. */
  open(sha256: string): Promise<FileHandle>

  /** A path on this machine where the object can be read or hard-linked. @throws MatthanError notFound. */
  localPath(sha256: string): Promise<string>

  /** Names of all objects. */
  objects(): AsyncIterable<string>

  /** Bytes that can still be stored; Infinity where nothing bounds it. */
  freeBytes(): Promise<number>
}
