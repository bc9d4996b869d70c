import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sentenceOf } from '@matthan/base/text/say'
import { recordKinds } from '@matthan/protocol/facts'
import { conditionCodes } from '@matthan/protocol/health'
import { orderKinds } from '@matthan/protocol/orders'
import { asyncApi } from '@matthan/protocol/reference'
import { describe, expect, it } from 'vitest'
import { root } from './sources.ts'

/** What is missing for the contract to be whole, given which files exist. */
const missing = (exists: (path: string) => boolean, reference: string): string[] => [
  ...Object.keys(recordKinds).flatMap(kind => [
    ...(exists(`apps/control/src/ingest/${kind}.ts`) ? [] : [`the centre has no ingester for ${kind}`]),
    ...(exists(`packages/protocol/fixtures/valid/record.${kind}.json`) ? [] : [`no fixture for ${kind}`]),
    ...(reference.includes(`"record.${kind}"`) ? [] : [`no line in the reference for ${kind}`])
  ]),
  ...Object.keys(orderKinds).flatMap(kind => [
    ...(exists(`apps/agent/src/orders/${kind}.ts`) ? [] : [`the box has no handler for ${kind}`]),
    ...(exists(`packages/protocol/fixtures/valid/order.${kind}.json`) ? [] : [`no fixture for ${kind}`]),
    ...(reference.includes(`"order.${kind}.args"`) ? [] : [`no line in the reference for ${kind}`])
  ]),
  ...conditionCodes.flatMap(code => [
    ...(['vi', 'en'] as const).flatMap(language =>
      [code, `${code}Do`]
        .filter(key => sentenceOf(language, `health.${key}`) === `health.${key}`)
        .map(key => `no sentence health.${key} in ${language}`)
    ),
    ...(reference.includes(`"${code}"`) ? [] : [`no line in the reference for ${code}`])
  ])
]

/** Ports, each of which more than one implementation may stand behind. */
const ports = ['camera', 'broker', 'vault', 'footage']

/** What is wrong with the contract suites, given the files of test/contracts. */
const unsuited = (files: { name: string; text: string }[]): string[] => {
  const runners = files.filter(({ name }) => name.includes('.test.'))
  const suites = files.filter(({ name }) => !name.includes('.test.')).map(({ name }) => name)
  return [
    ...ports.filter(port => !suites.includes(`${port}.ts`)).map(port => `no suite for the port ${port}`),
    ...suites
      .filter(suite => !runners.some(({ text }) => text.includes(`./${suite}`)))
      .map(suite => `nobody runs ${suite}`)
  ]
}

const reference = (): string => readFileSync(join(root, 'docs/ref/contract.asyncapi.json'), 'utf8')

describe('the contract is whole', () => {
  it('L8 each fact, order and condition has a handler, a fixture, its sentences and a line in the reference', () => {
    expect(missing(path => existsSync(join(root, path)), reference())).toEqual([])
  })

  it('L8 a handler, a fixture and a line that are taken away are missed', () => {
    expect(missing(path => !path.includes('probeCamera') && existsSync(join(root, path)), reference())).toHaveLength(2)
    expect(missing(path => existsSync(join(root, path)), '')).not.toEqual([])
  })

  it('the reference is what the schemas say (run `npm run reference`)', () => {
    expect(JSON.parse(reference())).toEqual(JSON.parse(JSON.stringify(asyncApi())))
  })

  const files = readdirSync(join(root, 'test/contracts')).map(name => ({
    name,
    text: readFileSync(join(root, 'test/contracts', name), 'utf8')
  }))

  it('L10 each port has one contract suite, and each suite is run by what it was made for', () => {
    expect(unsuited(files)).toEqual([])
  })

  it('L10 a port without a suite and a suite that nobody runs are found', () => {
    expect(unsuited(files.filter(({ name }) => name !== 'vault.ts'))).toContain('no suite for the port vault')
    const orphan = { name: 'orphan.ts', text: "import { describe } from 'vitest'" }
    expect(unsuited([...files, orphan])).toEqual(['nobody runs orphan.ts'])
  })
})
