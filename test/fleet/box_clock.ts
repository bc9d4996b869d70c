import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A wall clock for the programs of a box that can be stepped while they run (Debian's libfaketime, preloaded into
 * agent, recorder and each ffmpeg); the monotonic clock stays true.
 */
export type BoxClock = {
  env: Record<string, string>
  /** The box's wall clock is from now on this many seconds off. */
  step(offsetSeconds: number): void
}

const library = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`

export const makeBoxClock = (): BoxClock => {
  if (!existsSync(library)) throw new Error(`${library} is missing: npm test installs the package faketime`)
  const folder = mkdtempSync(join(tmpdir(), 'matthan-clock-'))
  chmodSync(folder, 0o755)
  const file = join(folder, 'offset')
  const step = (seconds: number) => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`)
  step(0)
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1'
    },
    step
  }
}
