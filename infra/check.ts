import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `npm run check`: types (TypeScript 7), format and lint (Biome), arrows (dependency-cruiser). The laws are tests. */
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const steps: [string, string, string[]][] = [
  ['types', process.execPath, ['node_modules/typescript7/bin/tsc', '-p', '.']],
  ['lint', join(root, 'node_modules/.bin/biome'), ['check', '--error-on-warnings', '.']],
  [
    'arrows',
    join(root, 'node_modules/.bin/depcruise'),
    ['--config', '.dependency-cruiser.mjs', 'packages', 'apps', 'test', 'infra']
  ]
]
for (const [name, command, args] of steps) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  process.stderr.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}\n`)
  if (status !== 0) process.exitCode = 1
}
