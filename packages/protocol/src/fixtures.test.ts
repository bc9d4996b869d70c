import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { recordKinds } from './facts.ts'
import { ConditionChange, conditionCodes } from './health.ts'
import { orderKinds } from './orders.ts'
import { readOrder, readShape } from './read.ts'
import { downMessages, upMessages } from './reference.ts'

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'fixtures')
const read = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'))

/** `record.retention`, `order.placeHold`, `message.hello` → what reads it. */
const accept = (name: string, value: unknown): unknown => {
  const [what, kind] = name.split('.') as [string, string]
  if (what === 'order') return readOrder(JSON.stringify(value))
  const schema =
    what === 'record'
      ? recordKinds[kind as keyof typeof recordKinds].schema
      : { ...upMessages, ...downMessages }[kind as 'hello'].schema
  return readShape(name, schema as z.ZodType, value)
}

describe('the golden files of the wire', () => {
  for (const file of readdirSync(join(folder, 'valid')).filter(name => name !== 'conditions.json')) {
    it(`${file} is understood as it stands`, () => {
      const value = read(`valid/${file}`)
      const understood = accept(file, value)
      if (!file.startsWith('order.')) expect(understood).toEqual(value)
    })
  }

  for (const file of readdirSync(join(folder, 'invalid'))) {
    it(`${file} is refused with the reason`, () => {
      expect(() => accept(file, read(`invalid/${file}`))).toThrow(
        expect.objectContaining({ kind: 'usage', key: 'base.badShape' })
      )
    })
  }

  it('each kind of record, order and message has a valid and an invalid one', () => {
    const wanted = [
      ...Object.keys(recordKinds).map(kind => `record.${kind}`),
      ...Object.keys(orderKinds).map(kind => `order.${kind}`),
      ...Object.keys({ ...upMessages, ...downMessages })
        .filter(channel => channel !== 'config' && channel !== 'checkpoint')
        .map(channel => `message.${channel}`)
    ]
    const has = (part: string, name: string) =>
      readdirSync(join(folder, part)).some(file => file.startsWith(`${name}.`))
    expect(wanted.filter(name => !has('valid', name) || !has('invalid', name))).toEqual([])
  })

  it('each condition has one', () => {
    const all = (read('valid/conditions.json') as unknown[]).map(value =>
      readShape('condition', ConditionChange, value)
    )
    expect(all.map(one => one.code).sort()).toEqual([...conditionCodes].sort())
  })
})
