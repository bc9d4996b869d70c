import { en } from '@matthan/base/text/en/catalogue'
import type { Entry } from '@matthan/base/text/say'
import { vi } from '@matthan/base/text/vi/catalogue'
import { describe, expect, it } from 'vitest'
import { isTest, sources } from './sources.ts'

type Catalogue = Record<string, Record<string, Entry>>

/** Keys that are put together at run time: a literal begins so, the rest is a code, a state or a word. */
const computed = [
  'health.',
  'control.clipState_',
  'control.orderKind_',
  'control.orderState_',
  'control.channelState_',
  'control.severity_',
  'control.colAddress_',
  'base.arg_',
  'agent.ask',
  'agent.what',
  'evidence.find'
]

const entriesOf = (catalogue: Catalogue): Map<string, Entry> =>
  new Map(
    Object.entries(catalogue).flatMap(([room, entries]) =>
      Object.entries(entries).map(([key, entry]) => [`${room}.${key}`, entry] as const)
    )
  )

const textsOf = (entry: Entry): string[] => (typeof entry === 'string' ? [entry] : [entry.message, entry.hint])

const paramsOf = (entry: Entry): string =>
  [...new Set(textsOf(entry).flatMap(text => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)))].sort().join()

/** What is wrong between two languages: a key or a parameter that only one has, an error that does not say what to do. */
const faults = (vietnamese: Catalogue, english: Catalogue): string[] => {
  const [ours, theirs] = [entriesOf(vietnamese), entriesOf(english)]
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap(key => {
    const [one, other] = [ours.get(key), theirs.get(key)]
    if (one === undefined || other === undefined) return [`${key}: only in one language`]
    return [
      ...(typeof one === typeof other ? [] : [`${key}: an error in one language only`]),
      ...(paramsOf(one) === paramsOf(other) ? [] : [`${key}: {${paramsOf(one)}} in vi, {${paramsOf(other)}} in en`]),
      ...[one, other].flatMap(entry => [
        ...(textsOf(entry).every(text => text.trim() !== '') ? [] : [`${key}: an empty text; an error needs its hint`]),
        ...(textsOf(entry).every(text => text === text.normalize('NFC')) ? [] : [`${key}: not NFC`])
      ])
    ]
  })
}

const unused = (catalogue: Catalogue, code: string): string[] =>
  [...entriesOf(catalogue).keys()].filter(
    key => !computed.some(prefix => key.startsWith(prefix)) && !new RegExp(`['"\`]${key}['"\`]`).test(code)
  )

/** Vietnamese words for which docs/glossary.md has another one. */
const otherWords = /(^|[^\p{L}])(hộp|ghi danh|cảnh quay|lưu giữ|bản kê|bằng chứng)(?!\p{L})/iu

describe('the words', () => {
  const code = sources('apps', 'packages', 'test', 'infra')
    .filter(
      ({ path }) => /\.tsx?$/.test(path) && !path.startsWith('packages/base/src/text/') && !path.includes('/laws/')
    )
    .concat(sources('packages/base/src/text/*.ts').filter(({ path }) => !/\/(vi|en)\//.test(path)))
  const text = code.map(one => one.text).join('\n')

  it('every sentence stands in both languages with the same parameters, every error says what to do', () => {
    expect(faults(vi, en)).toEqual([])
  })

  it('a sentence, a parameter, a hint that is missing and a text that is not NFC are found', () => {
    const whole = { a: { b: { message: 'x {y}', hint: 'z' }, c: 'é' } }
    expect(faults(whole, whole)).toEqual([])
    expect(faults(whole, { a: { c: 'é' } })).toHaveLength(1)
    expect(faults(whole, { a: { ...whole.a, b: { message: 'x {q}', hint: 'z' } } })).toHaveLength(1)
    expect(faults(whole, { a: { ...whole.a, b: { message: 'x {y}', hint: ' ' } } })).toHaveLength(1)
    expect(faults(whole, { a: { ...whole.a, c: 'é'.normalize('NFD') } })).toHaveLength(1)
  })

  it('every sentence is said somewhere; take out what no source mentions', () => {
    expect(unused(vi, text)).toEqual([])
    expect(unused({ a: { nowhereSaid: 'x' } }, text)).toEqual(['a.nowhereSaid'])
  })

  it('each thing has its one word (docs/glossary.md)', () => {
    const found = (catalogue: Catalogue) =>
      [...entriesOf(catalogue)].filter(([, entry]) => textsOf(entry).some(one => otherWords.test(one)))
    expect(found(vi)).toEqual([])
    expect(found({ a: { b: 'Hộp này chưa đăng ký.' } })).toHaveLength(1)
  })

  it('no source outside the catalogue speaks Vietnamese to a user', () => {
    const found = code
      .filter(({ path }) => !isTest(path) && !path.startsWith('infra/'))
      .filter(one =>
        /[ạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉọỏốồổỗộớờởỡợụủứừửữự]/.test(one.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''))
      )
      .map(({ path }) => path)
    expect(found).toEqual([])
  })
})
