import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `npm test`: the checks (types, lint, arrows), then every test. Ends with one plain line of counts. */
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const report = join(root, 'node_modules', '.matthan-tests.json')
const call = (command: string, args: string[]) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1

rmSync(report, { force: true })
const args = process.argv.slice(2)
const checked = args.length > 0 ? 0 : call(process.execPath, ['infra/check.ts'])
const tested = call(join(root, 'node_modules/.bin/vitest'), [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...args
])

const counts = (): { passed: number; failed: number; skipped: number } => {
  try {
    const read = JSON.parse(readFileSync(report, 'utf8'))
    return {
      passed: read.numPassedTests,
      failed: read.numFailedTests || (read.success ? 0 : 1),
      skipped: read.numPendingTests + read.numTodoTests
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}
const { passed, failed, skipped } = counts()
process.stdout.write(`\n${passed} passed, ${failed + (checked ? 1 : 0)} failed, ${skipped} skipped\n`)
process.exitCode = checked || tested || (passed === 0 ? 1 : 0)
