import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say, type TextKey } from '@matthan/base/text/say'
import { boxUri } from '@matthan/protocol/enrolment'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Bag } from './bag.ts'
import { linuxCommands } from './how-to-verify.ts'
import { readManifest, writeManifest } from './manifest.ts'
import { toPem } from './pem.ts'
import type { Original } from './playable.ts'
import { sealBytes } from './seal.ts'
import { makeAuthority, makeKey, testNowMs } from './testing/keys.ts'
import { makePackage, makeTestKeys, recordOriginals, stateOriginals, type TestKeys } from './testing/package.ts'
import { verifyBag } from './verify.ts'

let folder: string
let keys: TestKeys
let originals: Original[]
let bag: Bag
let roots: Uint8Array[]

/** A copy to be damaged, made anew for each test. */
const copy = () => join(folder, 'copy')
const inCopy = (path: string) => join(copy(), path)
const filesOf = (of: string) =>
  readdirSync(of, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(of.length + 1))
    .toSorted()
const findings = async (options: { frames?: AbortSignal; atMs?: number } = {}) =>
  (await verifyBag(copy(), { roots, ...options })).findings.map(
    one => `${one.file} ${one.key.replace('evidence.', '')}`
  )
const bash = (command: string, cwd: string) => {
  try {
    return { code: 0, output: execFileSync('bash', ['-c', command], { cwd, encoding: 'utf8', stdio: 'pipe' }) }
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string }
    return { code: status, output: stdout }
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bag-'))
  keys = await makeTestKeys()
  roots = [keys.authority.root.certificate]
  originals = await recordOriginals(join(folder, 'vault'))
  bag = await makePackage(join(folder, 'EV-2026-000123'), { keys, originals, workFolder: join(folder, 'work') })
})
beforeEach(() => {
  rmSync(copy(), { recursive: true, force: true })
  cpSync(bag.folder, copy(), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a package', () => {
  test('verifies, and says who sealed and who stated it', async () => {
    const report = await verifyBag(bag.folder, { roots, frames: AbortSignal.timeout(60_000) })
    expect(report).toMatchObject({
      ok: true,
      findings: [],
      unchecked: [],
      evidenceId: 'EV-2026-000123',
      tagManifestSha256: bag.tagManifestSha256,
      sealSha256: bag.sealSha256,
      sealedBy: { subject: 'CN=Test seal', atMs: testNowMs },
      statedBy: { subject: 'CN=statement' },
      files: bag.files,
      bytes: bag.bytes
    })
  })

  test('has the layout that was decided, with the originals as hard links and nothing beside it', () => {
    expect(filesOf(bag.folder)).toEqual([
      'VERIFY.txt',
      'bag-info.txt',
      'bagit.txt',
      'data/metadata/acquisition.json',
      'data/metadata/acquisition.json.p7s',
      'data/metadata/evidence.json',
      'data/metadata/gaps.csv',
      'data/metadata/segments.csv',
      'data/metadata/tools.log',
      'data/original/0198c0de_20261124T013000Z_0.mp4',
      'data/original/0198c0de_20261124T013004Z_1.mp4',
      'data/original/0198c0de_20261124T013008Z_2.mp4',
      'data/playable/0198c0de_part1.mp4',
      'manifest-sha256.txt',
      'signatures/seal.p7s',
      'tagmanifest-sha256.txt',
      'trust/certificates.pem'
    ])
    expect(statSync(join(bag.folder, 'data/original', originals[0]!.name)).ino).toBe(statSync(originals[0]!.path).ino)
    expect(readdirSync(folder).filter(name => name.startsWith('.'))).toEqual([])
  })

  test('passes every command of its VERIFY.txt, as written', () => {
    writeFileSync(inCopy('evidence-root.pem'), toPem(roots[0]!))
    const evidence = JSON.parse(readFileSync(inCopy('data/metadata/evidence.json'), 'utf8'))
    const verify = readFileSync(inCopy('VERIFY.txt'), 'utf8')
    const commands = linuxCommands(evidence)
    expect(commands).toHaveLength(9)
    for (const command of commands) expect(verify.split(`    ${command}\n`)).toHaveLength(3)
    const ours = commands.map(command => command.replace('-out', `-attime ${testNowMs / 1000} -out`))
    const [code, ...rest] = ours
    expect(bash(code!, copy()).output).toBe(
      `${bag.tagManifestSha256}  tagmanifest-sha256.txt\n${bag.sealSha256}  signatures/seal.p7s\n`
    )
    unlinkSync(inCopy('evidence-root.pem'))
    writeFileSync(join(folder, 'evidence-root.pem'), toPem(roots[0]!))
    const script = rest.join('\n').replaceAll('evidence-root.pem', '../evidence-root.pem')
    expect(bash(`set -e -o pipefail\n${script}`, copy())).toEqual({ code: 0, output: '' })
  })

  test('is found out by the same commands: changed, added, swapped pictures, other root', async () => {
    const evidence = JSON.parse(readFileSync(inCopy('data/metadata/evidence.json'), 'utf8'))
    const [, files, extraData, extraTag, seal, , , define, frames] = linuxCommands(evidence)
    writeFileSync(inCopy('data/original/more.mp4'), 'more')
    writeFileSync(inCopy('more.txt'), 'more')
    expect(bash(extraData!, copy()).output).toContain('< data/original/more.mp4')
    expect(bash(extraTag!, copy()).output).toContain('< more.txt')
    writeFileSync(inCopy('data/metadata/gaps.csv'), 'none')
    expect(bash(files!, copy()).output).toContain('data/metadata/gaps.csv: FAILED')
    const one = `data/original/${originals[1]!.name}`
    renameSync(inCopy(`data/original/${originals[0]!.name}`), inCopy(one))
    expect(bash(`${define}\n${frames}`, copy()).code).not.toBe(0)
    writeFileSync(inCopy('evidence-root.pem'), toPem((await makeAuthority()).root.certificate))
    expect(bash(seal!, copy()).code).not.toBe(0)
  })

  test('is not built over one that is there, nor from a file that was cut off; nothing is left behind', async () => {
    const again = { keys, originals, workFolder: join(folder, 'work2') }
    await expect(makePackage(bag.folder, again)).rejects.toMatchObject({ key: 'evidence.bagExists' })
    const short = originals.map((one, i) => (i === 1 ? { ...one, bytes: one.bytes + 1 } : one))
    const built = makePackage(join(folder, 'short'), { keys, originals: short, workFolder: join(folder, 'work3') })
    await expect(built).rejects.toMatchObject({ key: 'evidence.bagFileOther' })
    expect(existsSync(join(folder, 'short'))).toBe(false)
    expect(readdirSync(folder).filter(name => name.startsWith('.'))).toEqual([])
  })

  test('of a range without footage verifies too, and says so', async () => {
    const empty = join(folder, 'empty')
    await makePackage(empty, { keys, originals: [], workFolder: join(folder, 'work4') })
    expect((await verifyBag(empty, { roots })).findings).toEqual([])
    expect(readFileSync(join(empty, 'data/metadata/gaps.csv'), 'utf8')).toContain(',8,power\n')
  })
})

describe('a check', () => {
  test('finds twenty flipped bits in every file, one at a time, and names the file', async () => {
    const missed: string[] = []
    for (const path of filesOf(copy())) {
      const bytes = readFileSync(inCopy(path))
      for (let i = 0; i < 20; i++) {
        const changed = Buffer.from(bytes)
        const at = Math.floor(Math.random() * changed.length)
        changed[at]! ^= 1 << Math.floor(Math.random() * 8)
        writeFileSync(inCopy(path), changed)
        const found = await findings()
        if (!found.some(one => one.startsWith(`${path} `))) missed.push(`${path} byte ${at}: ${found}`)
      }
      writeFileSync(inCopy(path), bytes)
    }
    expect(missed).toEqual([])
    expect(await findings()).toEqual([])
  })

  test('names each missing file', async () => {
    for (const path of filesOf(copy())) {
      renameSync(inCopy(path), join(folder, 'aside'))
      expect(await findings()).toContain(`${path} findMissing`)
      renameSync(join(folder, 'aside'), inCopy(path))
    }
  })

  test('names swapped and added files, links and pipes', async () => {
    const [a, b] = originals.map(one => `data/original/${one.name}`)
    renameSync(inCopy(a!), join(folder, 'aside'))
    renameSync(inCopy(b!), inCopy(a!))
    renameSync(join(folder, 'aside'), inCopy(b!))
    writeFileSync(inCopy('data/original/added.mp4'), 'x')
    writeFileSync(inCopy('signatures/added.p7s'), 'x')
    writeFileSync(inCopy('autorun.inf'), 'x')
    symlinkSync('/etc/hostname', inCopy('data/link'))
    execFileSync('mkfifo', [inCopy('data/pipe')])
    const found = await findings()
    for (const wanted of [
      `${a} findSwapped`,
      `${b} findSwapped`,
      'data/original/added.mp4 findExtra',
      'signatures/added.p7s findExtra',
      'autorun.inf findExtra',
      'data/link findNotPlain',
      'data/pipe findNotPlain'
    ])
      expect(found).toContain(wanted)
  })

  test('is not led outside by a link in the place of a file', async () => {
    const path = 'data/metadata/acquisition.json'
    renameSync(inCopy(path), join(folder, 'aside'))
    symlinkSync(join(folder, 'aside'), inCopy(path))
    expect(await findings()).toEqual(expect.arrayContaining([`${path} findNotPlain`, `${path} findMissing`]))
    unlinkSync(join(folder, 'aside'))
  })

  test('goes on with the rest when the seals are gone', async () => {
    rmSync(inCopy('signatures'), { recursive: true })
    rmSync(inCopy('data/metadata/acquisition.json.p7s'))
    writeFileSync(inCopy('data/metadata/tools.log'), 'other')
    const found = await findings()
    expect(found).toContain('signatures/seal.p7s findMissing')
    expect(found).toContain('data/metadata/acquisition.json.p7s findMissing')
    expect(found).toContain('data/metadata/tools.log findChanged')
  })

  test('lists a time stamp as not checked, for now', async () => {
    writeFileSync(inCopy('signatures/seal.p7s.tsr'), 'later')
    expect(await verifyBag(copy(), { roots })).toMatchObject({ ok: true, unchecked: ['signatures/seal.p7s.tsr'] })
  })

  test('says each finding in both languages', async () => {
    writeFileSync(inCopy('added.txt'), 'x')
    const report = await verifyBag(copy(), { roots })
    const [finding] = report.findings
    expect(say('vi', finding!.key as TextKey, finding!.params)).toContain('added.txt: tệp thừa')
    expect(say('en', finding!.key as TextKey, finding!.params)).toContain('added.txt: added')
  })

  test('says when there is no package, and what a folder lacks', async () => {
    await expect(verifyBag(join(folder, 'nowhere'), { roots })).rejects.toMatchObject({ kind: 'notFound' })
    mkdirSync(join(folder, 'hollow'), { recursive: true })
    const report = await verifyBag(join(folder, 'hollow'), { roots })
    expect(report.findings).toHaveLength(9)
    expect(report.ok).toBe(false)
  })
})

/** Somebody with the centre's or a box's key makes a package that is sound in form. */
describe('a check of who says what', () => {
  /** Writes `change`d JSON and both manifests anew, and seals again: everything but the facts is right. */
  const reseal = async (path: string, change: (json: Record<string, unknown>) => void) => {
    const json = JSON.parse(readFileSync(inCopy(path), 'utf8'))
    change(json)
    writeFileSync(inCopy(path), JSON.stringify(json))
    for (const name of ['manifest-sha256.txt', 'tagmanifest-sha256.txt']) {
      const { files } = readManifest(readFileSync(inCopy(name), 'utf8'))
      const hashed = files.map(one => ({
        path: one.path,
        sha256: execFileSync('sha256sum', [inCopy(one.path)], { encoding: 'utf8' }).slice(0, 64)
      }))
      writeFileSync(inCopy(name), writeManifest(hashed))
      if (name === 'manifest-sha256.txt') {
        const data = filesOf(copy()).filter(file => file.startsWith('data/'))
        const bytes = data.reduce((sum, file) => sum + statSync(inCopy(file)).size, 0)
        const info = readFileSync(inCopy('bag-info.txt'), 'utf8')
        writeFileSync(inCopy('bag-info.txt'), info.replace(/Oxum: .*/, `Oxum: ${bytes}.${data.length}`))
      }
    }
    const issuing = keys.authority.issuing.certificate
    const tagManifest = readFileSync(inCopy('tagmanifest-sha256.txt'))
    writeFileSync(
      inCopy('signatures/seal.p7s'),
      await sealBytes(tagManifest, { ...keys.seal, issuing, atMs: testNowMs })
    )
  }

  test('finds facts of the centre that contradict the statement of the box', async () => {
    await reseal('data/metadata/evidence.json', json => {
      json.gaps = []
      ;(json.range as { complete: boolean }).complete = true
    })
    const report = await verifyBag(copy(), { roots })
    expect(report.findings.map(one => [one.file, one.params.field])).toEqual([
      ['data/metadata/evidence.json', 'range.complete'],
      ['data/metadata/evidence.json', 'gaps']
    ])
  })

  test('finds a statement that was changed after the box sealed it', async () => {
    await reseal('data/metadata/acquisition.json', json => {
      json.complete = true
    })
    const found = await findings()
    expect(found).toContain('data/metadata/acquisition.json sealContent')
  })

  test('finds an evidence.json that is none', async () => {
    await reseal('data/metadata/evidence.json', json => {
      json.segments = 'none'
    })
    expect(await findings()).toEqual(['data/metadata/evidence.json findBadFacts'])
  })

  test('finds a statement by another box, and a package sealed by a box', async () => {
    const other = await makeKey({
      name: 'other',
      by: keys.authority.issuing,
      uri: boxUri('0198c0de-0000-7000-8000-00000000000c')
    })
    rmSync(copy(), { recursive: true })
    await makePackage(copy(), {
      keys,
      originals,
      workFolder: join(folder, 'work5'),
      signStatement: other,
      signSeal: keys.box
    })
    expect(await findings()).toEqual([
      'data/metadata/acquisition.json.p7s findOtherBox',
      'signatures/seal.p7s findBoxSealed'
    ])
  })

  test('finds every seal when the root is another, and an expired one at a given time', async () => {
    const report = await verifyBag(copy(), { roots: [(await makeAuthority('Other')).root.certificate] })
    expect(report.findings.map(one => [one.file, one.key])).toEqual([
      ['data/metadata/acquisition.json.p7s', 'evidence.chainUntrusted'],
      ['signatures/seal.p7s', 'evidence.chainUntrusted']
    ])
    expect(await findings({ atMs: testNowMs + 500 * 86_400_000 })).toContain('signatures/seal.p7s certificateNotValid')
  })

  test('compares the frames when asked to', async () => {
    await reseal('data/metadata/evidence.json', json => {
      ;(json.playable as { firstLine: number }[])[0]!.firstLine++
    })
    expect(await findings()).toEqual([])
    expect(await findings({ frames: AbortSignal.timeout(60_000) })).toEqual([
      'data/playable/0198c0de_part1.mp4 findFrames'
    ])
  })
})

describe('a manifest', () => {
  test('reads what it writes, and nothing else', () => {
    const name = fc.stringMatching(/^[0-9A-Za-z_][0-9A-Za-z_.-]{0,20}$/)
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map(names => names.join('/'))
    const files = fc.uniqueArray(fc.record({ path, sha256: fc.stringMatching(/^[0-9a-f]{64}$/) }), {
      minLength: 1,
      selector: one => one.path
    })
    fc.assert(
      fc.property(files, list => {
        const text = writeManifest(list)
        const read = readManifest(text)
        expect(read.canonical).toBe(true)
        expect(read.files).toHaveLength(list.length)
        for (const other of [text.slice(0, -1), `${text}\n`, text.replaceAll('\n', '\r\n'), text + text])
          expect(readManifest(other).canonical).toBe(false)
      })
    )
  })

  test('refuses paths that leave the package', () => {
    const hash = 'a'.repeat(64)
    for (const path of ['../x', '/etc/passwd', 'data/../../x', 'data//x', './x', 'data/.x', 'a b', 'ổ', 'x\\y', 'C:x'])
      expect(readManifest(`${hash}  ${path}\n`)).toMatchObject({ files: [], badLines: [1], canonical: false })
  })
})

test('the statement of the tests is one', () => {
  expect(stateOriginals(originals).segments).toHaveLength(3)
})
