import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { makeFragmentReader, readFragments } from './fragments.ts'

const folder = mkdtempSync(join(tmpdir(), 'fragments-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Six seconds at 10 frames a second, a key frame each second, as the recorder has them written. */
const made = (name: string, codec: string): string => {
  const path = join(folder, name)
  const movflags = 'frag_keyframe+empty_moov+default_base_moof'
  const line = `-nostdin -v error -y -f lavfi -i testsrc2=size=64x48:rate=10:duration=6 -f lavfi -i sine=sample_rate=8000:duration=6 ${codec} -g 10 -bf 0 -movflags ${movflags} -write_prft wallclock ${path}`
  execFileSync('ffmpeg', line.split(' '))
  return path
}
const mp4 = made('a.mp4', '-c:v libx264 -c:a aac')
const mov = made('a.mov', '-c:v libx264 -c:a pcm_alaw')

const scan = async (path: string) => {
  const file = await open(path)
  try {
    return await readFragments(file, statSync(path).size)
  } finally {
    await file.close()
  }
}

test('the header tells the tracks with the names that ffmpeg has for their codecs', async () => {
  const { init } = await scan(mp4)
  expect(init?.tracks).toMatchObject([
    { trackId: 1, kind: 'video', codec: 'h264', width: 64, height: 48 },
    { trackId: 2, kind: 'audio', codec: 'aac', timescale: 8000 }
  ])
  expect((await scan(mov)).init?.tracks[1]).toMatchObject({ kind: 'audio', codec: 'pcm_alaw' })
})

test('fragments follow each other without a hole in bytes, in frames or in time', async () => {
  for (const path of [mp4, mov]) {
    const { init, fragments, tail, wholeBytes } = await scan(path)
    expect(tail).toBe('closed')
    let at = init!.bytes
    let media = 0
    for (const fragment of fragments) {
      expect(fragment.offset).toBe(at)
      at += fragment.bytes
      const video = fragment.tracks[0]!
      expect(video).toMatchObject({ baseDecodeTime: media, samples: 10, firstSampleIsSync: true })
      media += video.duration
      expect(Math.abs(fragment.prft!.utcMs - Date.now())).toBeLessThan(60_000)
    }
    // The priming of the sound may lengthen the first frame.
    expect(Math.abs(media / init!.tracks[0]!.timescale - 6)).toBeLessThan(0.2)
    expect(wholeBytes).toBe(at)
  }
})

test('a file that grows byte by byte gives the same fragments as the finished one', async () => {
  const { fragments } = await scan(mp4)
  const fd = openSync(mp4, 'r')
  const reader = makeFragmentReader((buffer, offset, length, position) =>
    readSync(fd, buffer, offset, length, position)
  )
  const found = []
  const size = statSync(mp4).size
  for (let bytes = 0; bytes <= size; bytes += 997) {
    for (let next = reader.next(bytes); next; next = reader.next(bytes)) found.push(next)
  }
  for (let next = reader.next(size); next; next = reader.next(size)) found.push(next)
  closeSync(fd)
  expect(found).toEqual(fragments)
})

test('a file cut anywhere gives its whole fragments and no more', async () => {
  const { init, fragments } = await scan(mp4)
  const whole = await readFile(mp4)
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length), async cut => {
      const path = join(folder, 'cut.mp4')
      await writeFile(path, whole.subarray(0, cut))
      const { fragments: found } = await scan(path)
      expect(found).toEqual(cut < init!.bytes ? [] : fragments.filter(one => one.offset + one.bytes <= cut))
    }),
    { numRuns: 60 }
  )
})

test('garbled bytes never give more than an error of verification or fewer fragments', async () => {
  const whole = await readFile(mp4)
  const own = await mkdtemp(join(folder, 'garbled-'))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1 }), async changes => {
      const bytes = Buffer.from(whole)
      for (const [at, value] of changes) bytes[at] = value
      const path = join(own, 'g.mp4')
      await writeFile(path, bytes)
      try {
        const { wholeBytes } = await scan(path)
        expect(wholeBytes).toBeLessThanOrEqual(whole.length)
      } catch (error) {
        expect(error).toMatchObject({ kind: 'verification' })
      }
    }),
    { numRuns: 100 }
  )
  await rm(own, { recursive: true })
})
