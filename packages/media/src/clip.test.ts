import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashFile } from '@matthan/base/files'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Clip, cutClip } from './clip.ts'
import { type ClipPart, type ClipRange, type ClipSegment, overlaps, planParts, utcOf } from './clip-plan.ts'
import { firstDifferentFrame, frameHashArguments, frameHashes } from './framehash.ts'
import { makeSegments, type Variant } from './testing/segments.ts'

const start = Date.UTC(2026, 10, 24, 1, 30, 0)
const variants: Variant[] = ['h264', 'hevc', 'h264+aac', 'h264+alaw']
const recorded = new Map<Variant, ClipSegment[]>()
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clip-'))
  for (const variant of variants) {
    mkdirSync(join(folder, variant))
    recorded.set(variant, makeSegments(join(folder, variant), { variant, seconds: 35, utcStartMs: start }))
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

const cut = async (part: ClipPart, range: ClipRange, name = 'clip.mp4'): Promise<{ clip: Clip; path: string }> => {
  const path = join(folder, name)
  rmSync(path, { force: true })
  const output = await open(path, 'wx')
  const clip = await cutClip(part, range, output)
  await output.close()
  return { clip: clip!, path }
}
const signal = () => AbortSignal.timeout(60_000)
const from = (fromSeconds: number, toSeconds: number): ClipRange => ({
  fromMs: start + fromSeconds * 1000,
  toMs: start + toSeconds * 1000
})
const probe = (path: string, entries: string): string =>
  execFileSync('ffprobe', ['-v', 'error', '-of', 'csv=p=0', '-show_entries', entries, path], { encoding: 'utf8' })

describe.each(variants)('a clip of %s', variant => {
  const name = variant.endsWith('alaw') ? 'clip.mov' : 'clip.mp4'
  const range = from(7.3, 23.1)
  let part: ClipPart
  beforeAll(async () => {
    const parts = await planParts(recorded.get(variant)!, range)
    expect(parts).toHaveLength(1)
    part = parts[0]!
  })

  test('covers the range from the key frame before it, over three segments', async () => {
    expect(part.segments).toHaveLength(3)
    const { clip, path } = await cut(part, range, name)
    // Key frames every 2 s: 6 s is the last before 7.3 s, 24 s the first after 23.1 s.
    // The encoder of AAC begins 64 ms early, and the picture that much later.
    const late = variant === 'h264+aac' ? 64 : 0
    expect(clip.firstFrameUtcMs).toBe(start + 6000 + late)
    expect(clip.preRollMs).toBe(1300 - late)
    expect(clip).toMatchObject({ firstLine: 91, frames: 270, fragments: 9 })
    expect(await hashFile(path)).toEqual({ bytes: clip.bytes, sha256: clip.sha256 })
  })

  test('plays from 0 with steady times and no error', async () => {
    const { path } = await cut(part, range, name)
    const times = probe(path, 'packet=dts_time,codec_type').trim().split('\n')
    const of = (type: string) => times.filter(line => line.startsWith(type)).map(line => Number(line.split(',')[1]))
    const video = of('video')
    expect(video).toHaveLength(270)
    for (const [i, seconds] of video.entries()) expect(Math.abs(seconds - i / 15)).toBeLessThan(0.002)
    const sound = of('audio')
    for (let i = 1; i < sound.length; i++) expect(sound[i]!).toBeGreaterThan(sound[i - 1]!)
    if (variant.includes('+')) expect(sound.at(-1)!).toBeGreaterThan(17)
    const complaints = execFileSync('ffmpeg', ['-v', 'warning', '-i', path, '-f', 'null', '-'], { stdio: 'pipe' })
    expect(complaints.toString()).toBe('')
  })

  test('has exactly the frames of the originals from K on', async () => {
    const { clip, path } = await cut(part, range, name)
    const { firstLine, frames } = clip
    const comparison = {
      playable: path,
      originals: part.segments.map(one => one.path),
      codec: part.segments[0]!.videoCodec
    }
    expect(await firstDifferentFrame({ ...comparison, firstLine, frames, signal: signal() })).toBeUndefined()
    expect(await firstDifferentFrame({ ...comparison, firstLine: firstLine + 1, frames, signal: signal() })).toBe(1)
    expect(await firstDifferentFrame({ ...comparison, firstLine, frames: frames - 1, signal: signal() })).toBe(frames)
    expect(await firstDifferentFrame({ ...comparison, firstLine, frames: frames + 1, signal: signal() })).toBe(
      frames + 1
    )
  })

  test('is the same bytes each time', async () => {
    const first = await cut(part, range, name)
    const second = await cut(part, range, `again-${name}`)
    expect(second.clip).toEqual(first.clip)
    expect(readFileSync(second.path).equals(readFileSync(first.path))).toBe(true)
  })
})

test('H.265 is tagged hvc1 and the originals are not touched', async () => {
  const segments = recorded.get('hevc')!
  const before = await Promise.all(segments.map(one => hashFile(one.path)))
  const [part] = await planParts(segments, from(0, 30))
  const { path } = await cut(part!, from(0, 30))
  expect(probe(path, 'stream=codec_tag_string').trim()).toBe('hvc1')
  expect(probe(segments[0]!.path, 'stream=codec_tag_string').trim()).toBe('hev1')
  expect(await Promise.all(segments.map(one => hashFile(one.path)))).toEqual(before)
})

test('the frame list says the same through a shell', async () => {
  const [segment] = recorded.get('h264')!
  const listed: string[] = []
  for await (const hash of frameHashes(segment!.path, { codec: 'h264', signal: signal() })) listed.push(hash)
  const shell = execFileSync('ffmpeg', frameHashArguments(segment!.path, 'h264'), { encoding: 'utf8' })
  expect(listed).toEqual(shell.match(/^0,.*$/gm)?.map(line => line.slice(-64)))
})

describe('parts', () => {
  test('begin anew after a hole, with another run and with another header', async () => {
    const segments = recorded.get('h264')!
    const counts = async (list: ClipSegment[]) => (await planParts(list, from(0, 40))).map(one => one.segments.length)
    expect(await counts(segments)).toEqual([4])
    expect(await counts([segments[0]!, segments[2]!, segments[3]!])).toEqual([1, 2])
    const otherRun = segments.map((one, i) => (i < 3 ? one : { ...one, runId: '0198c0de-0000-7000-8000-000000000003' }))
    expect(await counts(otherRun)).toEqual([3, 1])
    const larger = join(folder, 'larger')
    mkdirSync(larger)
    const [wide] = makeSegments(larger, { variant: 'h264', seconds: 10, utcStartMs: start, size: '640x360' })
    expect(await counts(segments.map((one, i) => (i === 1 ? { ...one, path: wide!.path } : one)))).toEqual([1, 1, 2])
  })

  test('leave out what lies outside the range, whose end is not part of it', async () => {
    const segments = recorded.get('h264')!
    const names = async (range: ClipRange) =>
      (await planParts(segments, range)).flatMap(part => part.segments.map(one => segments.indexOf(one)))
    expect(await names(from(10, 20))).toEqual([1])
    expect(await names(from(9.9, 20.1))).toEqual([0, 1, 2])
    expect(await names(from(-100, -1))).toEqual([])
    expect(await names(from(35.1, 100))).toEqual([])
  })

  test('take both stretches when the clock was put back between them', async () => {
    const segments = recorded.get('h264')!
    const back = segments.map((one, i) =>
      i < 2 ? one : { ...one, anchors: [{ fromMediaMs: 0, utcMinusMediaMs: start - 20_000 }] }
    )
    const parts = await planParts(back, from(2, 4))
    expect(parts.map(part => part.segments.map(one => back.indexOf(one)))).toEqual([[0], [2]])
    const { clip } = await cut(parts[1]!, from(2, 4))
    expect(clip).toMatchObject({ firstFrameUtcMs: start + 2000, preRollMs: 0, fragments: 1, firstLine: 31, frames: 30 })
  })
})

test('a time is told by the last anchor before it, and a step makes two pieces', () => {
  const anchors = [
    { fromMediaMs: 0, utcMinusMediaMs: 1000 },
    { fromMediaMs: 5000, utcMinusMediaMs: 901_000 }
  ]
  expect(utcOf(4999, anchors)).toBe(5999)
  expect(utcOf(5000, anchors)).toBe(906_000)
  expect(overlaps(0, 10_000, anchors, { fromMs: 100_000, toMs: 800_000 })).toBe(false)
  expect(overlaps(0, 10_000, anchors, { fromMs: 5500, toMs: 6000 })).toBe(true)
  expect(overlaps(0, 10_000, anchors, { fromMs: 910_999, toMs: 920_000 })).toBe(true)
})

test('a fragment larger than one read, of a writer that counts from the beginning of the file, is copied whole', async () => {
  const large = join(folder, 'large')
  mkdirSync(large)
  const segments = makeSegments(large, {
    variant: 'h264',
    seconds: 4,
    segmentSeconds: 2,
    utcStartMs: start,
    size: '1920x1080',
    lossless: true,
    flags: 'frag_keyframe+empty_moov'
  })
  const [part] = await planParts(segments, from(1, 4))
  const { clip, path } = await cut(part!, from(1, 4))
  expect(clip).toMatchObject({ fragments: 2, frames: 60, firstLine: 1 })
  expect(clip.bytes / clip.fragments).toBeGreaterThan(4 << 20)
  expect(await hashFile(path)).toEqual({ bytes: clip.bytes, sha256: clip.sha256 })
  const { firstLine, frames } = clip
  const originals = part!.segments.map(one => one.path)
  const comparison = { playable: path, originals, codec: 'h264', firstLine, frames, signal: signal() }
  expect(await firstDifferentFrame(comparison)).toBeUndefined()
})

test('a segment that was cut off is used up to its last whole fragment', async () => {
  const segments = recorded.get('h264')!
  const torn = join(folder, 'torn.mp4')
  copyFileSync(segments[3]!.path, torn)
  truncateSync(torn, readFileSync(torn).length - 2000)
  const [part] = await planParts([segments[2]!, { ...segments[3]!, path: torn }], from(21, 40))
  const { clip, path } = await cut(part!, from(21, 40))
  const originals = part!.segments.map(one => one.path)
  const { firstLine, frames } = clip
  expect(frames).toBe(210)
  const comparison = { playable: path, originals, codec: 'h264', firstLine, frames, signal: signal() }
  expect(await firstDifferentFrame(comparison)).toBeUndefined()
})

test('nonsense is a verification error, and ffmpeg is ended by the signal', async () => {
  const path = join(folder, 'nonsense.mp4')
  writeFileSync(path, 'not a film')
  const segment = { ...recorded.get('h264')![0]!, path }
  await expect(planParts([segment], from(0, 5))).rejects.toMatchObject({ kind: 'verification' })
  const list = frameHashes(path, { codec: 'h264', signal: signal() })
  await expect(list.next()).rejects.toMatchObject({ key: 'evidence.framesUnreadable' })
  const aborted = frameHashes(path, { codec: 'h264', signal: AbortSignal.abort() })
  await expect(aborted.next()).rejects.toMatchObject({ name: 'AbortError' })
})
