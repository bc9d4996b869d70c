import { Duplex } from 'node:stream'
import { type Clock, systemClock } from '@matthan/base/clock'
import { downChannels, downFilter, downTopic, upChannels, upTopic } from '@matthan/protocol/topics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgePublish, judgeSubscribe } from './access.ts'
import { makeFlapping } from './flapping.ts'
import { guardFrames } from './frame-guard.ts'
import { makeRate } from './rate.ts'

const box = '01a20d14-7954-73be-8d07-a594911fd3ae'
const other = '01a20d14-79fc-777b-a451-844628a17796'

/** Topics that look like ours, and anything else. */
const topics = fc.oneof(
  fc.string(),
  fc
    .array(
      fc.constantFrom('matthan', 'v1', box, other, 'up', 'down', 'fact', 'order', '+', '#', '$SYS', '$share', '', '..'),
      { maxLength: 8 }
    )
    .map(parts => parts.join('/')),
  fc.constantFrom(...upChannels.map(one => upTopic(other, one)), ...downChannels.map(one => downTopic(other, one)))
)

describe('access rules', () => {
  it('allow exactly the up topics of the box to be published (I7)', () => {
    const own = new Set<string>(upChannels.map(channel => upTopic(box, channel)))
    const judge = (topic: string, qos: 0 | 1 | 2, retain: boolean) =>
      judgePublish(box, { cmd: 'publish', topic, qos, retain, dup: false, payload: '' })
    for (const topic of own) {
      expect(judge(topic, 1, false)).toBeUndefined()
      expect(judge(topic, 1, true)).toBeDefined()
      expect(judge(topic, 2, false)).toBeDefined()
    }
    fc.assert(
      fc.property(topics, topic => own.has(topic) === (judge(topic, 1, false) === undefined)),
      { numRuns: 5000 }
    )
  })

  it('allow exactly the down topics of the box to be subscribed (I7)', () => {
    const own = new Set([downFilter(box), ...downChannels.map(channel => downTopic(box, channel))])
    for (const topic of own) expect(judgeSubscribe(box, { topic, qos: 1 })).toBeUndefined()
    fc.assert(
      fc.property(topics, topic => own.has(topic) === (judgeSubscribe(box, { topic, qos: 1 }) === undefined)),
      { numRuns: 5000 }
    )
  })
})

/** A packet of this size (MQTT 3.1.1, 2.2). */
const packet = (bytes: number): Buffer => {
  const size: number[] = []
  for (let rest = bytes; size.length === 0 || rest > 0; rest >>= 7) size.push((rest & 127) | (rest > 127 ? 128 : 0))
  return Buffer.concat([Buffer.from([0x30, ...size]), Buffer.alloc(bytes, 0xff)])
}

describe('frame guard', () => {
  /** Reads everything as Aedes does; the bytes that got through, and the size that was refused. */
  const pass = (chunks: Buffer[], most: number) => {
    let refused: number | undefined
    let waiting: Buffer | undefined
    const socket = new Duplex({ read: () => {} })
    socket.read = () => waiting
    guardFrames(
      socket,
      () => most,
      bytes => {
        refused = bytes
      }
    )
    let passed = 0
    for (const chunk of chunks) {
      waiting = chunk
      if (socket.destroyed) break
      passed += socket.read()?.length ?? 0
    }
    return { passed, refused, destroyed: socket.destroyed }
  }
  /** The stream in pieces, so that headers are torn anywhere. */
  const tear = (bytes: Buffer, at: number[]): Buffer[] => {
    const cuts = [0, ...at.map(n => n % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
    return cuts.slice(1).map((to, i) => bytes.subarray(cuts[i], to))
  }

  it('passes packets up to the limit and stops at the first larger one, wherever the stream is torn', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 10 }),
        (sizes, cuts) => {
          const bytes = Buffer.concat(sizes.map(packet))
          const { destroyed, passed, refused } = pass(tear(bytes, cuts), 300)
          const large = sizes.find(size => size > 300)
          expect(destroyed).toBe(large !== undefined)
          if (large === undefined) expect(passed).toBe(bytes.length)
          else expect(refused).toBeGreaterThan(300)
        }
      )
    )
  })

  it('refuses a length of more than four digits', () => {
    expect(pass([Buffer.from([0x10, 0x80, 0x80, 0x80, 0x80, 0x01])], 1e9).destroyed).toBe(true)
  })
})

/** Time that moves only when something sleeps. */
const jumping = (): Clock & { now: number } => {
  const clock = {
    ...systemClock,
    now: 0,
    monoMs: () => clock.now,
    sleep: async (ms: number) => {
      clock.now += ms
    }
  }
  return clock
}

describe('limits of a box', () => {
  it('lets a burst through at once and the rest at the rate', async () => {
    const clock = jumping()
    const rate = makeRate({ perSecond: 20, burst: 100, clock, signal: new AbortController().signal })
    for (let i = 0; i < 100; i++) await rate.take()
    expect(clock.now).toBe(0)
    for (let i = 0; i < 20; i++) await rate.take()
    expect(clock.now).toBeGreaterThan(950)
    expect(clock.now).toBeLessThan(1100)
  })

  it('keeps out who connects too often, and lets him in again later', () => {
    const clock = jumping()
    const flapping = makeFlapping({ most: 10, banMs: 300_000, clock })
    for (let i = 0; i < 10; i++) expect(flapping.admit(box)).toBe(true)
    expect(flapping.admit(box)).toBe(false)
    expect(flapping.admit(other)).toBe(true)
    clock.now += 299_000
    expect(flapping.admit(box)).toBe(false)
    clock.now += 2000
    expect(flapping.admit(box)).toBe(true)
  })
})
