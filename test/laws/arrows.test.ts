import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import config, { ranks } from '../../.dependency-cruiser.mjs'
import { isTest, root, sources } from './sources.ts'

type Found = {
  modules: { source: string }[]
  summary: { violations: { rule: { name: string }; from: string; to: string }[] }
}

const cruise = (folder: string): Found => {
  try {
    return JSON.parse(
      execFileSync(
        join(root, 'node_modules/.bin/depcruise'),
        [
          '--config',
          join(root, '.dependency-cruiser.mjs'),
          '--output-type',
          'json',
          'packages',
          'apps',
          'test',
          'infra'
        ],
        { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 }
      )
    )
  } catch (error) {
    // A non-zero exit is the number of violations; the report is on standard output all the same.
    return JSON.parse((error as { stdout: string }).stdout)
  }
}

/** One import for each rule that breaks it: [from, to]. */
const violationOf = (rule: string): [string, string] => {
  for (const [app, order] of Object.entries(ranks as Record<string, string[][]>)) {
    for (const [rank, names] of order.entries()) {
      const above = order[rank + 1]?.[0]
      if (rule === `${app}-${names[0]}-not-upward`)
        return [`apps/${app}/src/${names[0]}/planted.ts`, `apps/${app}/src/${above}/target.ts`]
      for (const name of names) {
        const other = names.find(one => one !== name)
        if (rule === `${app}-${name}-not-sideways`)
          return [`apps/${app}/src/${name}/sideways.ts`, `apps/${app}/src/${other}/target.ts`]
      }
    }
  }
  const fixed: Record<string, [string, string]> = {
    'no-cycle': ['packages/base/src/one.ts', 'packages/base/src/two.ts'],
    'apps-are-islands': ['apps/agent/src/island.ts', 'apps/control/src/target.ts'],
    'recorder-stays-small': ['apps/recorder/src/big.ts', 'packages/evidence/src/target.ts'],
    'nobody-imports-tests': ['apps/agent/src/tested.ts', 'test/fleet/target.ts'],
    resolvable: ['apps/agent/src/lost.ts', 'apps/agent/src/nowhere.ts']
  }
  const packaged = /^(\w+)-imports-only-/.exec(rule)?.[1]
  return fixed[rule] ?? [`packages/${packaged}/src/planted.ts`, 'apps/agent/src/target.ts']
}

const relative = (from: string, to: string): string => `${'../'.repeat(from.split('/').length - 1)}${to}`

describe('the arrows of the house', () => {
  it('L1 L2 nothing points the wrong way and nothing is circular', () => {
    const { modules, summary } = cruise(root)
    expect(summary.violations.map(v => `${v.rule.name}: ${v.from} → ${v.to}`)).toEqual([])
    const cruised = modules
      .map(m => m.source)
      .filter(path => /^(packages|apps|test|infra)\//.test(path) && /\.tsx?$/.test(path))
    const tracked = sources('*.ts', '*.tsx')
      .map(s => s.path)
      .filter(path => path.includes('/'))
    // A cruiser that reads nothing finds nothing: it must have seen every file there is.
    expect(cruised.sort()).toEqual(tracked.sort())
  })

  it('L1 every room of a program has its rank: one that no arrow covers may point anywhere', () => {
    const roomOf = (path: string) => /^apps\/(\w+)\/src\/([^/]+?)(?:\.ts)?(?:\/|$)/.exec(path)
    const unranked = sources('apps/*.ts')
      .filter(({ path }) => !isTest(path))
      .flatMap(({ path }) => {
        const [, app, room] = roomOf(path) ?? []
        const known = (ranks as Record<string, string[][]>)[app ?? '']?.flat() ?? []
        return room && !known.includes(room) ? [`${app}/${room}`] : []
      })
    expect([...new Set(unranked)]).toEqual([])
    const ranked = Object.entries(ranks as Record<string, string[][]>).flatMap(([app, order]) =>
      order.flat().map(room => `${app}/${room}`)
    )
    const there = new Set(
      sources('apps/*.ts')
        .map(({ path }) => roomOf(path))
        .map(found => `${found?.[1]}/${found?.[2]}`)
    )
    expect(ranked.filter(room => !there.has(room))).toEqual([])
  })

  it('L1 L2 a planted violation of each rule is found', () => {
    const folder = mkdtempSync(join(tmpdir(), 'matthan-arrows-'))
    const put = (path: string, text: string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    try {
      const rules = (config as { forbidden: { name: string }[] }).forbidden.map(rule => rule.name)
      put(
        'tsconfig.json',
        '{ "compilerOptions": { "module": "NodeNext", "allowImportingTsExtensions": true, "noEmit": true } }'
      )
      for (const part of ['packages', 'apps', 'test', 'infra']) put(`${part}/empty.ts`, 'export {}\n')
      for (const rule of rules) {
        const [from, to] = violationOf(rule)
        put(from, `import '${relative(from, to)}'\n`)
        if (rule === 'no-cycle') put(to, `import '${relative(to, from)}'\n`)
        else if (rule !== 'resolvable') put(to, 'export const target = 1\n')
      }
      const found = new Set(cruise(folder).summary.violations.map(v => v.rule.name))
      expect(rules.filter(rule => !found.has(rule))).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
