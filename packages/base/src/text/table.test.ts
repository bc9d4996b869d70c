import { expect, test } from 'vitest'
import { painter } from './paint.ts'
import { facts, table } from './table.ts'
import { sayBitRate, sayBytes, sayDuration } from './units.ts'

test('columns are aligned, also where letters have accents, and an empty one is left out', () => {
  const rows = [
    ['Chợ', '', 'đang ghi'],
    ['Ngã tư Phú Cường'.normalize('NFD'), '', 'đứng hình']
  ]
  expect(table(['Tên', 'Nơi đặt', 'Trạng thái'], rows)).toEqual([
    'Tên               Trạng thái',
    'Chợ               đang ghi',
    'Ngã tư Phú Cường  đứng hình'
  ])
})

test('a name cannot steer the terminal', () => {
  expect(table(['a'], [['x\u001b[31my\u202e']])[1]).toBe('x[31my')
})

test('there is colour on a terminal only, not with NO_COLOR, and it moves no column', () => {
  const rows = [[{ text: 'đạt', colour: 'green' }, 'x'] as const]
  expect(table(['A', 'B'], rows, painter({ isTTY: true }, undefined))[1]).toBe('\x1b[32mđạt\x1b[0m  x')
  for (const paint of [painter({ isTTY: true }, '1'), painter({}, undefined)])
    expect(table(['A', 'B'], rows, paint)[1]).toBe('đạt  x')
})

test('what is known of one thing stands under each other, what is not known is left out', () => {
  expect(
    facts([
      ['Tên', 'a'],
      ['Địa chỉ', 'b'],
      ['Trống', '']
    ])
  ).toEqual(['Tên      a', 'Địa chỉ  b'])
})

test('sizes, rates and times are said as people read them', () => {
  expect([0, 999, 1536, 2_500_000, 4e12].map(n => sayBytes('vi', n))).toEqual([
    '0 B',
    '999 B',
    '1,5 kB',
    '2,5 MB',
    '4,0 TB'
  ])
  expect(sayBytes('en', 1536)).toBe('1.5 kB')
  expect(sayBitRate('vi', 620_000)).toBe('620 kbit/s')
  expect([5_000, 65_000, 3_661_000].map(sayDuration)).toEqual(['0:05', '1:05', '1:01:01'])
})
