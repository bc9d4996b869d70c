import type { EvidenceStore } from './vault.ts'

/** A small object whole. @throws MatthanError notFound. */
export const readObject = async (vault: EvidenceStore, sha256: string): Promise<Buffer> => {
  const handle = await vault.open(sha256)
  try {
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}
