import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  downChannels,
  downFilter,
  downTopic,
  mayPublish,
  maySubscribe,
  readUpTopic,
  upChannels,
  upTopic
} from './topics.ts'

const a = '0193563e-1c00-7000-8000-00000000000a'
const b = '0193563e-1c00-7000-8000-00000000000b'

describe('I7: the topic map', () => {
  it('a box publishes each of its own up topics and nothing of another box', () => {
    for (const channel of upChannels) {
      expect(mayPublish(a, upTopic(a, channel))).toBe(true)
      expect(mayPublish(a, upTopic(b, channel))).toBe(false)
    }
    for (const channel of downChannels) expect(mayPublish(a, downTopic(a, channel))).toBe(false)
  })

  it('a box subscribes to its own down topics and to no wildcard beside them', () => {
    expect(maySubscribe(a, downFilter(a))).toBe(true)
    for (const filter of [
      '#',
      '+/+',
      downFilter(b),
      `$share/x/${downFilter(a)}`,
      `${downFilter(a)}/#`,
      '$SYS/#',
      upTopic(a, 'fact')
    ]) {
      expect(maySubscribe(a, filter)).toBe(false)
    }
  })

  it('no other topic whatever is allowed', () => {
    fc.assert(fc.property(fc.string(), topic => !mayPublish(a, topic) && !maySubscribe(a, topic)))
  })

  it('an up topic tells its box and channel; anything else tells nothing', () => {
    expect(readUpTopic(upTopic(a, 'hello'))).toEqual({ boxId: a, channel: 'hello' })
    for (const topic of [
      downTopic(a, 'ack'),
      `${upTopic(a, 'hello')}/x`,
      upTopic('+', 'hello'),
      upTopic('../x', 'hello'),
      ''
    ]) {
      expect(readUpTopic(topic)).toBeUndefined()
    }
  })
})
