import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The three programs, each one file that Node 24 runs: ESM, with a `require` for the CommonJS in it (0-decisions, Bundles). */
export const programs = {
  'matthan-agent': 'apps/agent/src/main.ts',
  'matthan-recorder': 'apps/recorder/src/main.ts',
  'matthan-control': 'apps/control/src/main.ts'
} as const
export type Program = keyof typeof programs

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
    minify: false,
    logLevel: 'warning',
    // Optional speed-ups of ws that are not installed; ws looks for them in a try.
    external: ['bufferutil', 'utf-8-validate']
  })
  const inSqlite = createRequire(join(root, 'packages/sqlite/package.json'))
  const sqlite = dirname(inSqlite.resolve('better-sqlite3/package.json'))
  copyFileSync(join(sqlite, 'prebuilds', `linux-${process.arch}.node`), join(folder, 'better_sqlite3.node'))
  copyFileSync(join(root, 'apps/agent/src/store/schema.sql'), join(folder, 'schema.sql'))
  return folder
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${await buildPrograms(process.argv[2])}\n`)
