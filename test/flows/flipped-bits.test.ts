import { cpSync, linkSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fromPem } from '@matthan/evidence/pem'
import { verifyBag } from '@matthan/evidence/verify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { segmentsOf } from '../fleet/box_store.ts'
import { cameraOf, pullClip, rootOf } from '../fleet/clip.ts'
import { createFleet, type Fleet } from '../fleet/fleet.ts'
import { filesOf } from '../fleet/package_check.ts'
import { call } from '../fleet/program.ts'
import { until } from '../fleet/until.ts'

/** Promise 3: what was changed, taken away, swapped or added is found, each by name. */
describe('a package that somebody touched', () => {
  let fleet: Fleet
  let folder: string
  let work: string

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'matthan-tamper-'))
    fleet = await createFleet({ boxes: 1, cameras: ['h264+aac'], segmentSeconds: 4 })
    await fleet.settle()
    const box = fleet.boxes[0]!
    const { channelId, viewpointId } = cameraOf(box, 0)
    await until('three segments are closed', 60_000, () => segmentsOf(box, channelId).length >= 3)
    const [first, , third] = segmentsOf(box, channelId)
    const clip = await pullClip(fleet.centre, { viewpointId, fromMs: first!.startMs + 1000, toMs: third!.endMs - 1000 })
    expect(clip.state, JSON.stringify(clip.error)).toBe('ready')
    folder = clip.folder
  })
  afterAll(async () => {
    await fleet?.stop()
    rmSync(work, { recursive: true, force: true })
  })

  /** A copy in which nothing is shared but the bytes of untouched files. */
  const copy = (name: string): string => {
    const to = join(work, name)
    for (const file of filesOf(folder)) {
      mkdirSync(dirname(join(to, file)), { recursive: true })
      linkSync(join(folder, file), join(to, file))
    }
    return to
  }
  const named = async (bag: string): Promise<string[]> => {
    const report = await verifyBag(bag, { roots: fromPem(readFileSync(rootOf(fleet.centre), 'utf8')) })
    return report.findings.map(finding => finding.file)
  }

  it('untouched, it verifies', async () => {
    expect(await named(copy('clean'))).toEqual([])
  })

  it('twenty flipped bits in each file are found, and the file is named', async () => {
    for (const [n, file] of filesOf(folder).entries()) {
      const clean = readFileSync(join(folder, file))
      const bag = copy(`flip-${n}`)
      const path = join(bag, file)
      for (let i = 0; i < 20; i++) {
        const at = Math.floor((clean.length * (i + 0.5)) / 20)
        const bytes = Buffer.from(clean)
        bytes[at]! ^= 1 << (i % 8)
        rmSync(path)
        writeFileSync(path, bytes)
        expect(await named(bag), `bit ${i % 8} of byte ${at} of ${file}`).toContain(file)
      }
      rmSync(bag, { recursive: true })
    }
  })

  it('a missing, a swapped and an added file are found, each by name', async () => {
    const originals = filesOf(folder).filter(file => file.startsWith('data/original/'))
    const missing = copy('missing')
    rmSync(join(missing, originals[0]!))
    expect(await named(missing)).toContain(originals[0])

    const swapped = copy('swapped')
    renameSync(join(swapped, originals[0]!), join(swapped, 'data/original/x'))
    renameSync(join(swapped, originals[1]!), join(swapped, originals[0]!))
    renameSync(join(swapped, 'data/original/x'), join(swapped, originals[1]!))
    const both = await named(swapped)
    expect(both).toContain(originals[0])
    expect(both).toContain(originals[1])

    const added = copy('added')
    for (const extra of ['data/original/extra.mp4', 'signatures/extra.p7s', 'extra.txt'])
      writeFileSync(join(added, extra), 'x')
    // bag-info.txt is named too: it says how many bytes there should be.
    expect((await named(added)).toSorted()).toEqual([
      'bag-info.txt',
      'data/original/extra.mp4',
      'extra.txt',
      'signatures/extra.p7s'
    ])
  })

  it('the command says it too, with the exit code of a failed verification', async () => {
    const bag = join(work, 'for-the-command')
    cpSync(folder, bag, { recursive: true })
    const file = filesOf(folder).find(one => one.startsWith('data/original/'))!
    const bytes = readFileSync(join(bag, file))
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(join(bag, file), bytes)
    const { node, program } = fleet.stage
    const args = [program('matthan-control'), 'clip', 'verify', bag, '--ca', rootOf(fleet.centre), '--json']
    const answer = await call({ command: node, args })
    expect(answer.code).toBe(7)
    expect(answer.out).toContain(file)
  })
})
