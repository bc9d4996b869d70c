import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isTest, root, type Source, withoutComments } from './sources.ts'

/** A law that is checked on text: what is forbidden, where it is allowed, why, and what to do instead. */
export type Law = {
  name: string
  because: string
  violations(sources: Source[]): string[]
}

const forbid = (options: { name: string; because: string; pattern: RegExp; allowed(path: string): boolean }): Law => ({
  name: options.name,
  because: options.because,
  violations: all =>
    all
      .filter(({ path }) => /\.tsx?$/.test(path) && !options.allowed(path))
      .flatMap(({ path, text }) =>
        withoutComments(text)
          .split('\n')
          .flatMap((line, i) => (options.pattern.test(line) ? [`${path}:${i + 1}: ${line.trim().slice(0, 120)}`] : []))
      )
})

export const textLaws: Law[] = [
  forbid({
    name: 'L3 only base/clock asks for the time or sets a timer',
    because:
      'I8: a test must be able to step the clock, and a duration must never be wall time. Take a `Clock` as an argument.',
    pattern: /\bDate\.now\(|\bnew Date\(\s*\)|\bset(Timeout|Interval|Immediate)\(|\bperformance\.now\(|node:timers/,
    allowed: path =>
      isTest(path) || path === 'packages/base/src/clock.ts' || path.startsWith('apps/web/') || path.startsWith('infra/')
  }),
  forbid({
    name: 'L4 the environment is read in config.ts, and only lifetime.ts ends the process',
    because:
      'What a program depends on must stand in one place, and what was begun must be ended in order. Pass values in; throw an error.',
    pattern: /\bprocess\.env\b|\bprocess\.exit\(/,
    allowed: path =>
      isTest(path) ||
      path.startsWith('infra/') ||
      path.endsWith('/config.ts') ||
      path === 'packages/base/src/lifetime.ts'
  }),
  forbid({
    name: 'L5 SQL stands under store/ only',
    because: 'A query elsewhere is a second owner of the schema. Add a function to the store and call it.',
    pattern:
      /(['"`]|^\s*)(select\s+.+\sfrom|insert\s+(or\s+\w+\s+)?into|update\s+\w+\s+set|delete\s+from|create\s+(table|index|unique)|pragma\s)|\.selectFrom\(|\.insertInto\(|\.updateTable\(|\.deleteFrom\(|\.prepare\(/i,
    allowed: path => isTest(path) || /\/store\//.test(path) || path.startsWith('packages/sqlite/')
  }),
  forbid({
    name: 'L6 no topic outside protocol',
    because:
      'The topic map is one object (packages/protocol/src/topics.ts); access rules are computed from it. Use upTopic, downTopic, readUpTopic.',
    pattern:
      /['"`]matthan\/v\d|['"`/](up|down)\/(hello|heartbeat|fact|result|progress|bye|ack|order|config|checkpoint)\b/,
    allowed: path => isTest(path) || path.startsWith('packages/protocol/') || path === 'infra/reference.ts'
  }),
  forbid({
    name: 'L11 nothing is switched off',
    because: 'A check that is silenced in one place is trusted in all others. Mend the cause.',
    pattern: /@ts-(ignore|nocheck|expect-error)|biome-ignore|\bas any\b|:\s*any\b|\b(it|test|describe)\.(only|todo)\(/,
    allowed: path => path.startsWith('test/laws/')
  }),
  {
    name: 'L7 a file has at most 300 lines, a test 600',
    because: 'A room that grew too large wants to be two. Split it by what it does.',
    violations: all =>
      all
        .filter(({ path }) => /\.(tsx?|mjs|py)$/.test(path))
        .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1, most: isTest(path) ? 600 : 300 }))
        .filter(({ lines, most }) => lines > most)
        .map(({ path, lines, most }) => `${path}: ${lines} lines, at most ${most}`)
  },
  {
    name: 'L9 every path and link in documents and comments exists',
    because: 'A document that points nowhere is worse than none. Correct the path, or take the sentence out.',
    violations: all => all.flatMap(deadPaths)
  }
]

const top = '(?:packages|apps|infra|test|docs|\\.ci)'
const pathInText = new RegExp(`(?:^|[\\s\`"'(])(${top}/[A-Za-z0-9_./-]*[A-Za-z0-9_-])`, 'g')
const linkInMarkdown = /\]\((?!https?:|#|mailto:)([^)\s#]+)(?:#[^)]*)?\)/g

const deadPaths = ({ path, text }: Source): string[] => {
  const found: string[] = []
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'
  if (path.endsWith('.md')) {
    for (const [, link] of text.matchAll(linkInMarkdown))
      if (!existsSync(join(root, folder, link!))) found.push(`${path}: link ${link}`)
  }
  const prose = path.endsWith('.md') ? text : /\.(tsx?|mjs|sql|sh|py)$/.test(path) ? commentsOf(text) : ''
  for (const [, named] of prose.matchAll(pathInText)) {
    const exists = [named!, `${named}.ts`, named!.replace(/^(packages|apps)\/([^/]+)\//, '$1/$2/src/')].some(
      one => existsSync(join(root, one)) || existsSync(join(root, `${one}.ts`))
    )
    if (!exists) found.push(`${path}: ${named}`)
  }
  return found
}

const commentsOf = (text: string): string =>
  [...text.matchAll(/\/\*[\s\S]*?\*\/|(?:^|\s)(?:\/\/|--|#)[^\n]*/g)].map(([comment]) => comment).join('\n')
