import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type Clock, withDeadline } from '@matthan/base/clock'

const lookEachMs = 60_000
/** systemd-timesyncd makes it at its first synchronisation since boot. */
const timesyncMark = '/run/systemd/timesync/synchronized'

/** Whether the kernel's clock is synchronised (I8), looked at each minute; false until somebody says so. */
export const watchSynchronised = (clock: Clock, signal: AbortSignal): (() => boolean) => {
  let isSynchronised = false
  const look = async () => {
    isSynchronised = existsSync(timesyncMark) || (await asksTimedated())
  }
  void look()
  clock.every(lookEachMs, look, signal)
  return () => isSynchronised
}

/** `timedatectl` reads adjtimex(2), whichever program keeps the time. */
const asksTimedated = async (): Promise<boolean> => {
  const ask = (signal: AbortSignal) =>
    new Promise<boolean>(resolve => {
      execFile('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], { signal }, (error, stdout) =>
        resolve(!error && stdout.trim() === 'yes')
      )
    })
  return await withDeadline(3000, ask).catch(() => false)
}
