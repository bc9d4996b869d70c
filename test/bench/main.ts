import { cpus } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '@matthan/base/lifetime'
import { measureCut } from './cut.ts'
import { measureFootprint } from './footprint.ts'
import { measureSupervision } from './supervision.ts'
import { type Figure, table, writeReport } from './table.ts'

/** `npm run bench [cut|supervision|footprint …]`: starts the peers itself, prints one table, writes docs/ref/bench.md when all ran. */
const benches: Record<string, () => Promise<Figure[]>> = {
  cut: measureCut,
  supervision: measureSupervision,
  footprint: measureFootprint
}

await runProgram(async () => {
  const asked = process.argv.slice(2).filter(name => name in benches)
  const names = asked.length > 0 ? asked : Object.keys(benches)
  const figures: Figure[] = []
  for (const name of names) {
    process.stderr.write(`${name} …\n`)
    figures.push(...(await benches[name]!()))
  }
  process.stdout.write(`${table(figures)}\n`)
  const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`
  if (asked.length === 0) writeReport(join(import.meta.dirname, '../../docs/ref/bench.md'), figures, machine)
})
