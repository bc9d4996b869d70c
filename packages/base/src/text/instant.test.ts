import { expect, test } from 'vitest'
import { readInstant } from './instant.ts'

test('an instant is RFC 3339 with its zone, or a date and time of Viet Nam', () => {
  const ms = Date.UTC(2026, 10, 24, 1, 30)
  for (const typed of [
    '24/11/2026 08:30:00',
    ' 24/11/2026 08:30 ',
    '2026-11-24T08:30:00+07:00',
    '2026-11-24T01:30:00Z'
  ])
    expect(readInstant(typed)).toBe(ms)
})

test('an instant without a zone, of another order or of a day that is none is not guessed', () => {
  for (const typed of ['', '2026-11-24T08:30:00', '11/24/2026 08:30', '31/02/2026 08:30', '24/11/2026', 'now'])
    expect(() => readInstant(typed), typed).toThrow('is not understood')
})
