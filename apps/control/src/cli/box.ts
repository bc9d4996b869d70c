import { sayInstant } from '@matthan/base/clock'
import { sayColumnInstant } from '@matthan/base/text/units'
import type { Command } from 'commander'
import { showBox } from './box-show.ts'
import { addCommand, asking, type Cli, type Shared, word } from './command.ts'
import { boxStateCell, linkCell } from './words.ts'

/** `box add | revoke | list | show` */
export const addBox = (program: Command, cli: Cli): void => {
  const box = program.command('box').description(word('control.commandBox'))

  addCommand(box, 'add <name>', 'control.commandBoxAdd')
    .option('--unit <label>', word('control.optUnit'), '')
    .action(
      asking(cli, async ({ client, output }, options: Shared & { unit: string }, name: string) => {
        const made = await client.box.add.mutate({ name, unitLabel: options.unit })
        output.answer(made, () => [
          output.say('control.codeMade', { name, code: made.code, until: sayInstant(made.expiresMs) })
        ])
      })
    )
  addCommand(box, 'revoke <box>', 'control.commandBoxRevoke')
    .requiredOption('--reason <text>', word('control.optRevokeReason'))
    .action(
      asking(cli, async ({ client, output }, { reason }: Shared & { reason: string }, name: string) => {
        const revoked = await client.box.revoke.mutate({ box: name, reason })
        output.answer(revoked, () => [output.say('control.boxRevokedDone', { name: revoked.name })])
      })
    )
  addCommand(box, 'list', 'control.commandBoxList').action(
    asking(cli, async ({ client, output }, _: Shared) => {
      const boxes = await client.box.list.query()
      output.answer(boxes, () =>
        output.table(
          [
            'control.colName',
            'control.colUnit',
            'control.colState',
            'control.colLink',
            'control.colLastSeen',
            'control.colVersion',
            'control.colBoxId'
          ],
          boxes.map(one => [
            one.name,
            one.unitLabel,
            boxStateCell(output, one.state),
            one.state === 'enrolled' ? linkCell(output, one.online) : '',
            one.lastSeenMs === undefined ? output.say('control.never') : sayColumnInstant(one.lastSeenMs),
            one.agentVersion ?? '',
            one.boxId
          ])
        )
      )
    })
  )
  addCommand(box, 'show <box>', 'control.commandBoxShow').action(
    asking(cli, async ({ client, output }, _: Shared, name: string) => {
      const shown = await client.box.show.query({ box: name })
      output.answer(shown, () => showBox(output, shown))
    })
  )
}
