import { describe, expect, it } from 'vitest'
import { hintOf, say, sentenceOf } from './say.ts'

describe('a sentence', () => {
  it('is in the language asked for, with its parameters in their places', () => {
    expect(sentenceOf('vi', 'base.busy', { reason: 'cổng 8445' })).toBe('Đang bận: cổng 8445')
    expect(sentenceOf('en', 'base.busy', { reason: 'port 8445' })).toContain('port 8445')
    expect(say('vi', 'control.stateRevoked')).not.toBe(say('en', 'control.stateRevoked'))
  })

  it('takes a parameter as it is: braces and dollars in it mean nothing, a missing one is empty', () => {
    expect(sentenceOf('vi', 'base.busy', { reason: '{reason} $& $1' })).toContain('{reason} $& $1')
    expect(sentenceOf('vi', 'base.busy')).not.toContain('{')
  })

  it('of a key that nobody knows is the key, so that a newer sender is not lost', () => {
    for (const key of ['base.fromTheFuture', 'noRoom.key', 'noDot', '', 'constructor.name']) {
      expect(sentenceOf('vi', key)).toBe(key)
      expect(hintOf('en', key)).toBe('')
    }
  })

  it('of an error has a hint, a plain one has none', () => {
    expect(hintOf('vi', 'control.notRunning', { folder: '/data' })).toContain('/data')
    expect(hintOf('vi', 'control.stateRevoked')).toBe('')
  })
})
