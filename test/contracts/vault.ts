import { createHash, randomBytes } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { newId } from '@matthan/base/id'
import type { EvidenceStore } from '@matthan/control/vault/vault'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** A store under test: `reopen` is what a restart of the centre does, and `close` removes it. */
export type VaultFixture = { store: EvidenceStore; reopen(): Promise<EvidenceStore>; close(): Promise<void> }

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const read = async (store: EvidenceStore, name: string): Promise<Buffer> => {
  const handle = await store.open(name)
  try {
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}
const objectsOf = async (store: EvidenceStore): Promise<string[]> => {
  const names = []
  for await (const name of store.objects()) names.push(name)
  return names
}
const inRecords = (bytes: Buffer): Readable =>
  Readable.from(
    (function* () {
      for (let i = 0; i < bytes.length; i += 16_384) yield bytes.subarray(i, i + 16_384)
    })()
  )

/** Gives all of `bytes`, and then breaks off instead of ending. */
const breaking = (bytes: Buffer): Readable =>
  Readable.from(
    (async function* () {
      for (let i = 0; i < bytes.length; i += 16_384) yield bytes.subarray(i, i + 16_384)
      throw new Error('broken off')
    })()
  )

/** What every evidence store must do (law L10). */
export const vaultContract = (name: string, make: () => Promise<VaultFixture>): void => {
  describe(`evidence store: ${name}`, () => {
    let fixture: VaultFixture
    let store: EvidenceStore
    let id: string
    beforeEach(async () => {
      fixture = await make()
      store = fixture.store
      id = newId()
    })
    afterEach(() => fixture.close())

    const put = async (bytes: Buffer): Promise<void> => {
      await store.begin(id)
      await store.append(id, 0, inRecords(bytes), bytes.length)
    }

    it('takes a file in several appends and makes it the object of its digest', async () => {
      const bytes = randomBytes(3_500_001)
      await store.begin(id)
      expect(await store.append(id, 0, inRecords(bytes.subarray(0, 1_500_000)), bytes.length)).toEqual({
        size: 1_500_000,
        torn: false
      })
      await store.append(id, 1_500_000, inRecords(bytes.subarray(1_500_000)), bytes.length)
      expect(await store.digest(id)).toEqual({ bytes: bytes.length, sha256: sha256(bytes) })
      await store.admit(id, { bytes: bytes.length, sha256: sha256(bytes) })
      expect(await read(store, sha256(bytes))).toEqual(bytes)
      expect(await store.stat(sha256(bytes))).toEqual({ bytes: bytes.length })
      expect(await store.size(id)).toBeUndefined()
      expect(await objectsOf(store)).toEqual([sha256(bytes)])
    })

    it('goes on after a restart with the bytes that were there, and knows the digest of all', async () => {
      const bytes = randomBytes(2_000_000)
      await store.begin(id)
      await store.append(id, 0, inRecords(bytes.subarray(0, 1_100_000)), bytes.length)
      store = await fixture.reopen()
      expect(await store.size(id)).toBe(1_100_000)
      await store.append(id, 1_100_000, inRecords(bytes.subarray(1_100_000)), 900_000)
      expect((await store.digest(id)).sha256).toBe(sha256(bytes))
    })

    it('keeps what came of a source that breaks off, and its digest', async () => {
      const bytes = randomBytes(1_300_000)
      const source = new PassThrough({ highWaterMark: 4_000_000 })
      await store.begin(id)
      source.write(bytes.subarray(0, 1_200_000))
      const appended = store.append(id, 0, source, bytes.length)
      await new Promise(done => source.once('resume', done))
      setImmediate(() => source.destroy())
      expect(await appended).toEqual({ size: 1_200_000, torn: true })
      await store.append(id, 1_200_000, inRecords(bytes.subarray(1_200_000)), 100_000)
      expect((await store.digest(id)).sha256).toBe(sha256(bytes))
    })

    it('has exactly the bytes that came, whatever breaks off and restarts between', async () => {
      const piece = fc.record({ bytes: fc.nat(400_000), torn: fc.boolean(), restart: fc.boolean() })
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 5 }), async pieces => {
          id = newId()
          await store.begin(id)
          const all: Buffer[] = []
          for (const { bytes, torn, restart } of pieces) {
            const size = await store.size(id)
            const body = randomBytes(bytes)
            const source = torn ? breaking(body) : inRecords(body)
            const appended = await store.append(id, size!, source, bytes)
            expect(appended).toEqual({ size: size! + bytes, torn })
            all.push(body)
            if (restart) store = await fixture.reopen()
          }
          const whole = Buffer.concat(all)
          expect(await store.digest(id)).toEqual({ bytes: whole.length, sha256: sha256(whole) })
        }),
        { numRuns: 25 }
      )
    })

    it('takes an empty file', async () => {
      await put(Buffer.alloc(0))
      await store.admit(id, { bytes: 0, sha256: sha256(Buffer.alloc(0)) })
      expect(await store.stat(sha256(Buffer.alloc(0)))).toEqual({ bytes: 0 })
    })

    it('refuses an append that does not begin at the end', async () => {
      await put(Buffer.from('abc'))
      await expect(store.append(id, 2, Readable.from([Buffer.from('d')]), 1)).rejects.toMatchObject({ kind: 'usage' })
      expect(await store.size(id)).toBe(3)
    })

    it('refuses more than the most, and keeps nothing of that append', async () => {
      await put(Buffer.from('abc'))
      const source = inRecords(randomBytes(2_200_000))
      await expect(store.append(id, 3, source, 2_100_000)).rejects.toMatchObject({ key: 'vault.tooLong' })
      expect(await store.size(id)).toBe(3)
    })

    it('admits nothing under another digest or size', async () => {
      await put(Buffer.from('abc'))
      const good = { bytes: 3, sha256: sha256(Buffer.from('abc')) }
      for (const bad of [
        { ...good, bytes: 4 },
        { ...good, sha256: sha256(Buffer.from('abd')) }
      ])
        await expect(store.admit(id, bad)).rejects.toMatchObject({ kind: 'verification' })
      expect(await objectsOf(store)).toEqual([])
      await store.admit(id, good)
    })

    it('takes the same object twice, and admits the same upload twice', async () => {
      const bytes = Buffer.from('twice')
      const expected = { bytes: 5, sha256: sha256(bytes) }
      await put(bytes)
      await store.admit(id, expected)
      await store.admit(id, expected)
      id = newId()
      await put(bytes)
      await store.admit(id, expected)
      expect(await store.incoming()).toEqual([])
      expect(await read(store, expected.sha256)).toEqual(bytes)
    })

    it('beginning a file that is there keeps its bytes', async () => {
      await put(Buffer.from('abc'))
      await store.begin(id)
      expect(await store.size(id)).toBe(3)
    })

    it('discards what is there and what is not', async () => {
      await put(Buffer.from('abc'))
      await store.discard(id)
      await store.discard(id)
      expect(await store.size(id)).toBeUndefined()
      expect(await store.incoming()).toEqual([])
    })

    it('reads a small incoming file whole, and no larger one', async () => {
      await put(Buffer.from('abc'))
      expect((await store.read(id, 3)).toString()).toBe('abc')
      await expect(store.read(id, 2)).rejects.toMatchObject({ key: 'vault.tooLong' })
    })

    it('says that an object is not there, whatever its name', async () => {
      for (const wrong of [sha256(Buffer.from('none')), '../../etc/passwd', '']) {
        await expect(store.open(wrong)).rejects.toMatchObject({ kind: 'notFound' })
        await expect(store.localPath(wrong)).rejects.toMatchObject({ kind: 'notFound' })
      }
    })

    it('takes no id that is not a UUID', async () => {
      await expect(store.begin('../outside')).rejects.toThrow()
    })

    it('says how much still fits', async () => {
      expect(await store.freeBytes()).toBeGreaterThan(0)
    })
  })
}
