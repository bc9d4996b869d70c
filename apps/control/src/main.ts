import { systemClock } from '@matthan/base/clock'
import { runProgram } from '@matthan/base/lifetime'
import { runCli } from './cli/cli.ts'

// Nothing of the data folder is for everybody on this machine.
process.umask(0o027)

await runProgram(async signal => {
  process.exitCode = await runCli(process.argv.slice(2), { signal, clock: systemClock, out: process.stdout })
})
