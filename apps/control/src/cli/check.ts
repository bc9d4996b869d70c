import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MatthanError } from '@matthan/base/error'
import { fromPem } from '@matthan/evidence/pem'
import type { Command } from 'commander'
import { checkFolder } from '../check/check.ts'
import { placesIn, readConfig } from '../config.ts'
import { openCommandKey } from '../identity/keys.ts'
import { openForReading } from '../store/open.ts'
import { openDiskVault } from '../vault/disk.ts'
import { addCommand, type Cli, outputOf, type Shared } from './command.ts'

/** `check`: the fsck of the centre. Reads; the centre may run meanwhile. */
export const addCheck = (program: Command, cli: Cli): void => {
  addCommand(program, 'check', 'control.commandCheck').action(async (options: Shared) => {
    await readConfig(options.data)
    const places = placesIn(options.data)
    const store = openForReading(places.store)
    const vault = await openDiskVault(places.vault)
    const findings = await checkFolder({
      store,
      commandKey: openCommandKey(await readFile(join(places.ca, 'command.key'), 'utf8')),
      rootDer: fromPem(await readFile(join(places.ca, 'root.pem'), 'utf8'))[0] ?? new Uint8Array(),
      vault,
      vaultFolder: places.vault,
      signal: cli.signal
    }).finally(() => store.close())
    const count = findings.reduce((sum, one) => sum + one.wrong.length, 0)
    const output = outputOf(cli, options)
    output.answer({ ok: count === 0, findings }, () => [
      ...output.table(
        ['control.colWhat', 'control.colChecked', 'control.colWrong'],
        findings.map(({ what, checked, wrong }) => [
          what,
          String(checked),
          { text: String(wrong.length), colour: wrong.length === 0 ? 'green' : 'red' }
        ])
      ),
      ...findings.flatMap(({ what, wrong }) => wrong.map(text => `${what}: ${text}`)),
      ...(count === 0 ? [output.say('control.checkFine')] : [])
    ])
    if (count > 0) throw new MatthanError('verification', 'control.checkFailed', { count })
  })
}
