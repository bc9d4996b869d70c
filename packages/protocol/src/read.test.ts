import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readCode, writeCode } from './enrolment.ts'
import { readMessage, readRecord } from './read.ts'
import { Name } from './scalars.ts'

describe('reading what comes from the other side', () => {
  it('nesting deeper than 32 is refused before the parser sees it, brackets in strings do not count', () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000)
    expect(() => readMessage('x', z.unknown(), deep)).toThrow(/nested/)
    expect(readMessage('x', z.unknown(), JSON.stringify({ a: '['.repeat(100) }))).toEqual({ a: '['.repeat(100) })
  })

  it('bad UTF-8 and half a message are one clear error', () => {
    expect(() => readMessage('x', z.unknown(), '{"a":')).toThrow(/not JSON/)
    expect(() => readMessage('x', z.unknown(), new Uint8Array([0xff, 0xfe]))).toThrow()
  })

  it('an unknown kind of record names itself, also when it is a word of JavaScript', () => {
    for (const kind of ['samples', '__proto__', 'constructor', 'toString']) {
      expect(() => readRecord({ seq: 1, at: { ms: 0, clock: 'box', synchronised: true }, kind, body: {} })).toThrow(
        /unknown kind/
      )
    }
  })

  it('a name in NFD becomes the same bytes as in NFC, and control characters are gone', () => {
    expect(Name.parse('Đường Trần Phú\u0007'.normalize('NFD'))).toBe('Đường Trần Phú'.normalize('NFC'))
  })

  it('a code read over the telephone is understood', () => {
    expect(readCode('kq7m 2xtd.9f3a-7bcd')).toEqual({ secret: 'KQ7M2XTD', pin: '9F3A7BCD' })
    expect(readCode('ooil')).toBeUndefined()
    expect(readCode(writeCode({ secret: 'KQ7M2XTD', pin: '9F3A7BCD' }))).toEqual({
      secret: 'KQ7M2XTD',
      pin: '9F3A7BCD'
    })
    expect(writeCode({ secret: 'KQ7M2XTD', pin: '9F3A7BCD' })).toBe('KQ7M-2XTD-9F3A-7BCD')
  })
})
