import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The three programs, each one file that Node 24 runs: ESM, with a `require` for the CommonJS in it (0-decisions, Bundles). */
export const programs = {
  'matthan-agent': 'apps/agent/src/main.ts',
  'matthan-recorder': 'apps/recorder/src/main.ts',
  'matthan-control': 'apps/control/src/main.ts'
} as const
export type Program = keyof typeof programs

/**
 * What Node is told before it runs a program; each file says it in its first line too. A box is small: of its two
 * programs' memory, 10 MB would else be garbage of the young generation that V8 sees no hurry to collect.
 */
export const nodeFlags: Record<Program, readonly string[]> = {
  'matthan-agent': ['--max-semi-space-size=1'],
  'matthan-recorder': ['--max-semi-space-size=1'],
  'matthan-control': []
}

/** zod words its issues in fifty languages, and says them in English unless it is told another: that one is kept. */
const oneZodLocale: Plugin = {
  name: 'one-zod-locale',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'"
    }))
}

/**
 * Node keeps the text of a program as long as it runs: one byte a character, but two as soon as one of them is not
 * ASCII. esbuild escapes all but those in regular expressions, where the escape means the same.
 */
const toAscii = (text: string): string =>
  text.replace(/[^\p{ASCII}]/gu, character => {
    if (character.length > 1) throw new Error(`no escape of ${character} means the same everywhere`)
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })

/** The file can be run as it is. */
const finish = (file: string, program: Program): void => {
  const interpreter = ['#!/usr/bin/env', '-S', 'node', ...nodeFlags[program]].join(' ')
  writeFileSync(file, `${interpreter}\n${toAscii(readFileSync(file, 'utf8'))}`)
  chmodSync(file, 0o755)
}

const banner = [
  "import { createRequire as __createRequire } from 'node:module'",
  'const require = __createRequire(import.meta.url)',
  "const __filename = (await import('node:url')).fileURLToPath(import.meta.url)",
  "const __dirname = (await import('node:path')).dirname(__filename)"
].join('\n')

/** Writes `<folder>/<program>.mjs` and what must lie beside them. @returns the folder. */
export const buildPrograms = async (folder = join(root, 'dist')): Promise<string> => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  await build({
    absWorkingDir: root,
    entryPoints: Object.entries(programs).map(([out, input]) => ({ in: input, out })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: banner },
    legalComments: 'none',
    sourcemap: false,
    // Names stay: stack traces are read by people, and keeping them apart (keepNames) costs more than they do.
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [oneZodLocale],
    logLevel: 'warning',
    // Optional speed-ups of ws that are not installed; ws looks for them in a try.
    external: ['bufferutil', 'utf-8-validate']
  })
  for (const program of Object.keys(programs) as Program[]) finish(join(folder, `${program}.mjs`), program)
  const inSqlite = createRequire(join(root, 'packages/sqlite/package.json'))
  const sqlite = dirname(inSqlite.resolve('better-sqlite3/package.json'))
  copyFileSync(join(sqlite, 'prebuilds', `linux-${process.arch}.node`), join(folder, 'better_sqlite3.node'))
  copyFileSync(join(root, 'apps/agent/src/store/schema.sql'), join(folder, 'schema.sql'))
  return folder
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${await buildPrograms(process.argv[2])}\n`)
