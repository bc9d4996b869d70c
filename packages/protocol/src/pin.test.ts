import { describe, expect, it } from 'vitest'
import { codeAlphabet } from './enrolment.ts'
import { isPinnedBy, pinOf } from './pin.ts'

const root = Buffer.from('a root certificate')

describe('the half of a code that pins the root', () => {
  // printf 'a root certificate' | openssl dgst -sha256 -hmac KQ7M2XTD, first 10 hex digits, in base32 by hand.
  it('is the first 40 bits of HMAC-SHA-256 under the secret half', () => {
    const bits = [...pinOf('KQ7M2XTD', root)].map(c => codeAlphabet.indexOf(c).toString(2).padStart(5, '0')).join('')
    expect(Number.parseInt(bits, 2).toString(16)).toBe('b721c5bb48')
  })

  it('is another one for another secret, so that a root that meets one code meets no other', () => {
    expect(pinOf('KQ7M2XTE', root)).not.toBe(pinOf('KQ7M2XTD', root))
    expect(pinOf('KQ7M2XTD', Buffer.from('another root'))).not.toBe(pinOf('KQ7M2XTD', root))
  })

  it('fits its own code and root only', () => {
    const code = { secret: 'KQ7M2XTD', pin: pinOf('KQ7M2XTD', root) }
    expect(isPinnedBy(code, root)).toBe(true)
    expect(isPinnedBy({ ...code, secret: 'KQ7M2XTE' }, root)).toBe(false)
    expect(isPinnedBy({ ...code, pin: '' }, root)).toBe(false)
    expect(isPinnedBy(code, Buffer.from('another root'))).toBe(false)
  })
})
