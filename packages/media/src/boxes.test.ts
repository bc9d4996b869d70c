import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boxesIn, fieldsOf, readBoxHeader } from './boxes.ts'

const box = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + body.length)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, body])
}

test('boxes are found one after the other, whatever they hold', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), bodies => {
      const buffer = Buffer.concat(bodies.map(body => box('free', Buffer.from(body))))
      expect(boxesIn(buffer).map(one => one.end - one.bodyStart)).toEqual(bodies.map(body => body.length))
    })
  )
})

test('a box with a 64-bit size is as long as it says, and one of size 0 reaches to the end', () => {
  const large = Buffer.alloc(24)
  large.writeUInt32BE(1)
  large.write('mdat', 4, 'latin1')
  large.writeBigUInt64BE(24n, 8)
  expect(boxesIn(large)).toEqual([{ type: 'mdat', start: 0, bodyStart: 16, end: 24 }])
  large.writeUInt32BE(0)
  expect(boxesIn(large)).toEqual([{ type: 'mdat', start: 0, bodyStart: 8, end: 24 }])
})

test('a header that is cut short is no header yet', () => {
  expect(readBoxHeader(Buffer.from([0, 0, 0, 9, 1, 2]), 0)).toBeUndefined()
  expect(readBoxHeader(Buffer.from([0, 0, 0, 1, 109, 100, 97, 116, 0, 0]), 0)).toBeUndefined()
})

test('nonsense is refused as a failed verification and never read beyond its end', () => {
  for (const bytes of [
    [0, 0, 0, 7, 1, 1, 1, 1],
    [0, 0, 0, 99, 1, 1, 1, 1]
  ]) {
    expect(() => boxesIn(Buffer.from(bytes))).toThrow(expect.objectContaining({ kind: 'verification' }))
  }
  const [short] = boxesIn(box('tfdt', Buffer.alloc(3)))
  expect(() => fieldsOf(box('tfdt', Buffer.alloc(3)), short!).u32()).toThrow(
    expect.objectContaining({ key: 'recorder.badMedia' })
  )
})

test('any bytes are either boxes or a failed verification', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      try {
        boxesIn(Buffer.from(bytes))
      } catch (error) {
        expect(error).toMatchObject({ kind: 'verification' })
      }
    })
  )
})
