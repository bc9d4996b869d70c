import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@matthan/base/clock'
import { makeLog } from '@matthan/base/log'
import { toPem } from '@matthan/evidence/pem'
import { makeKey } from '@matthan/evidence/testing/keys'
import { recordOriginals } from '@matthan/evidence/testing/package'
import { verifyBag } from '@matthan/evidence/verify'
import { statementName, statementSealName } from '@matthan/protocol/evidence'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PackageRows, packageRows } from '../store/packages.ts'
import { checkVault } from './check.ts'
import { makePackage, type PackageDeps } from './package.ts'
import { makePackager } from './packager.ts'
import {
  complete,
  makeStatement,
  openVaultHouse,
  sendFile,
  type TestBox,
  type TestOrder,
  type TestOriginal,
  type VaultHouse
} from './testing/house.ts'

let recordings: string
let footage: TestOriginal[]
let house: VaultHouse
let box: TestBox
let order: TestOrder
let rows: PackageRows
let deps: PackageDeps

beforeAll(async () => {
  recordings = mkdtempSync(join(tmpdir(), 'matthan-footage-'))
  footage = (await recordOriginals(recordings)).map(({ path, name, ...one }) => {
    const { channelId, runId, index, mediaStartMs, mediaEndMs, videoCodec } = one
    return { name, bytes: readFileSync(path), facts: { channelId, runId, index, mediaStartMs, mediaEndMs, videoCodec } }
  })
})
afterAll(() => rm(recordings, { recursive: true }))

beforeEach(async () => {
  house = await openVaultHouse()
  box = await house.addBox()
  order = await house.addOrder(box)
  rows = packageRows(house.store)
  const { root, issuing } = house.authority
  const seal = await makeKey({
    name: 'Seal',
    by: issuing,
    notBeforeMs: systemClock.nowMs() - 1000,
    notAfterMs: systemClock.nowMs() + 86_400_000
  })
  deps = {
    vault: house.vault,
    rows,
    folder: join(house.folder, 'vault'),
    sealKey: { key: seal.key, certificate: seal.certificate, issuing: issuing.certificate },
    roots: [root.certificate],
    clock: systemClock,
    synchronised: () => true,
    organisation: 'Công an tỉnh',
    software: 'matthan-control 0.1.0',
    compareFrames: true
  }
})
afterEach(() => house.close())

const receive = async (originals: TestOriginal[]): Promise<void> => {
  const { statement, seal } = await makeStatement(house, box, order, originals)
  const files = [
    { name: statementName, body: statement },
    { name: statementSealName, body: seal },
    ...originals.map(one => ({ name: one.name, body: one.bytes }))
  ]
  for (const file of files) expect((await sendFile(house, box, { orderId: order.orderId, ...file })).status).toBe(204)
  expect((await complete(house, box, order.orderId)).status).toBe(200)
}
const runPackager = async (make: PackageDeps = deps): Promise<void> => {
  const stop = new AbortController()
  const off = house.store.onChanges(changes => {
    if (changes.some(one => one.topic === 'clip')) stop.abort()
  })
  const log = makeLog('test', 'silent')
  await makePackager({ rows, make: clip => makePackage(clip, make), clock: systemClock, log }).run(stop.signal)
  off()
}
const clip = () => house.store.read.selectFrom('clip').selectAll().executeTakeFirstOrThrow()
const check = () => checkVault({ ...deps, signal: new AbortController().signal })

describe('the package', () => {
  it('is made of the objects, verifies, and is known to the store and the clip', async () => {
    await receive(footage)
    await runPackager()
    expect(await clip()).toMatchObject({ state: 'ready', complete: 1, package_id: order.orderId })
    const [row] = await rows.packages()
    const folder = join(deps.folder, row!.path)
    const report = await verifyBag(folder, { roots: deps.roots, frames: AbortSignal.timeout(60_000) })
    expect(report).toMatchObject({ ok: true, findings: [], bytes: row!.bytes })
    expect(row).toMatchObject({ tagManifestSha256: report.tagManifestSha256, sealSha256: report.sealSha256 })
    for (const { name, bytes } of footage)
      expect(readFileSync(join(folder, 'data/original', name)).equals(bytes)).toBe(true)
    expect(statSync(join(folder, 'data/original', footage[0]!.name)).nlink).toBe(2)
    const rootPem = join(house.folder, 'root.pem')
    await writeFile(rootPem, toPem(house.authority.root.certificate))
    execFileSync('sha256sum', ['-c', '--strict', '--quiet', 'tagmanifest-sha256.txt', 'manifest-sha256.txt'], {
      cwd: folder
    })
    const arguments_ = `cms -verify -binary -cades -inform DER -in signatures/seal.p7s -content tagmanifest-sha256.txt -CAfile ${rootPem} -out /dev/null`
    execFileSync('openssl', arguments_.split(' '), { cwd: folder, stdio: 'pipe' })
    expect(await readdir(join(folder, '..'))).toEqual(['EV-2026-000001'])
    expect(await check()).toMatchObject({ objects: 5, packages: 1, findings: [] })
  })

  it('of a range without footage is none: the clip says so', async () => {
    await receive([])
    await runPackager()
    expect(await clip()).toMatchObject({ state: 'noFootage', package_id: null })
    expect(await rows.packages()).toEqual([])
  })

  it('that a crash left without its row is taken, not made again', async () => {
    await receive(footage)
    const dying = { ...deps, rows: { ...rows, packaged: () => Promise.reject(new Error('killed')) } }
    const [waiting] = await rows.waiting()
    await expect(makePackage(waiting!, dying)).rejects.toThrow('killed')
    const seal = join(deps.folder, 'packages', order.orderId, 'EV-2026-000001/signatures/seal.p7s')
    const before = createHash('sha256').update(readFileSync(seal)).digest('hex')
    await runPackager()
    expect((await rows.packages())[0]).toMatchObject({ sealSha256: before })
    expect((await check()).findings).toEqual([])
  })

  it('that a crash left half made is made anew', async () => {
    await receive(footage)
    const half = join(deps.folder, 'packages', order.orderId)
    await mkdir(join(half, '.work'), { recursive: true })
    await mkdir(join(half, '.0198c0de-0000-7000-8000-000000000001.tmp/data'), { recursive: true })
    await runPackager()
    expect(await clip()).toMatchObject({ state: 'ready' })
    expect(await readdir(half)).toEqual(['EV-2026-000001'])
  })

  it('is never ready when an original is no footage, or of boxes with mad sizes; the clip says why', async () => {
    const mad = Buffer.from(footage[0]!.bytes)
    mad.writeUInt32BE(0xfffffff0, mad.indexOf('moof') - 4)
    const page = { ...footage[0]!, bytes: Buffer.from('<html><script>alert(1)</script></html>') }
    for (const bad of [page, { ...footage[0]!, bytes: mad }, { ...footage[0]!, bytes: Buffer.alloc(0) }]) {
      await house.store.write(trx => trx.deleteFrom('clip').execute())
      order = await house.addOrder(box)
      await receive([bad])
      await runPackager()
      const { state, error } = await clip()
      expect(state).toBe('failed')
      expect(JSON.parse(error!)).toMatchObject({ kind: 'verification' })
    }
  })

  it('waits for a full disk to heal', async () => {
    await receive(footage)
    let tries = 0
    const stop = new AbortController()
    const make = async () => {
      if (++tries === 2) stop.abort()
      throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    }
    const clock = { ...systemClock, sleep: async () => {} }
    await makePackager({ rows, make, clock, log: makeLog('test', 'silent') }).run(stop.signal)
    expect(await clip()).toMatchObject({ state: 'packaging', error: null })
  })
})

describe('the check of the vault (I6)', () => {
  it('names the object that changed, the one that is missing, the file of the package, and the package that is gone', async () => {
    await receive(footage)
    await runPackager()
    const [first, second] = (await rows.objectsOf(order.orderId)).filter(one => one.name.endsWith('.mp4'))
    const path = await house.vault.localPath(first!.sha256)
    await chmod(path, 0o640)
    const bytes = readFileSync(path)
    bytes[500]! ^= 1
    await writeFile(path, bytes)
    await rm(await house.vault.localPath(second!.sha256))
    const findings = (await check()).findings
    expect(findings).toContainEqual(expect.objectContaining({ key: 'vault.objectDamaged' }))
    expect(findings).toContainEqual({ key: 'vault.objectMissing', params: { sha256: second!.sha256 } })
    expect(findings).toContainEqual(
      expect.objectContaining({
        key: 'vault.packageFile',
        params: expect.objectContaining({ file: `data/original/${first!.name}` })
      })
    )
    await rm(join(deps.folder, 'packages'), { recursive: true })
    expect((await check()).findings).toContainEqual({
      key: 'vault.packageMissing',
      params: { label: 'EV-2026-000001' }
    })
  })
})
