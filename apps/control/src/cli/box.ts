import { sayInstant } from '@matthan/base/clock'
import type { Command } from 'commander'
import { asking, type Cli, outputOf, type Shared, withShared } from './command.ts'

const stateText = {
  expected: 'control.stateExpected',
  enrolled: 'control.stateEnrolled',
  revoked: 'control.stateRevoked'
} as const

/** `box add | revoke | list | show` */
export const addBox = (program: Command, cli: Cli): void => {
  const box = program.command('box').description(outputOf(cli, { data: '', json: false }).say('control.commandBox'))

  withShared(box.command('add <name>'))
    .option('--unit <label>', 'ward or unit', '')
    .action(
      asking(cli, async ({ client, output }, options: Shared & { unit: string }, name: string) => {
        const made = await client.box.add.mutate({ name, unitLabel: options.unit })
        output.answer(made, () => [
          output.say('control.codeMade', { name, code: made.code, until: sayInstant(made.expiresMs) })
        ])
      })
    )
  withShared(box.command('revoke <box>')).action(
    asking(cli, async ({ client, output }, _: Shared, name: string) => {
      const revoked = await client.box.revoke.mutate({ box: name })
      output.answer(revoked, () => [output.say('control.boxRevokedDone', { name: revoked.name })])
    })
  )
  withShared(box.command('list')).action(
    asking(cli, async ({ client, output }, _: Shared) => {
      const boxes = await client.box.list.query()
      output.answer(boxes, () =>
        boxes.map(one =>
          output.say('control.boxLine', {
            boxId: one.boxId,
            state: output.say(stateText[one.state]),
            online: output.say(one.online ? 'control.online' : 'control.offline'),
            lastSeen: one.lastSeenMs === undefined ? output.say('control.never') : sayInstant(one.lastSeenMs),
            name: one.name
          })
        )
      )
    })
  )
  withShared(box.command('show <box>')).action(
    asking(cli, async ({ client, output }, _: Shared, name: string) => {
      const shown = await client.box.show.query({ box: name })
      output.answer(shown, () => [JSON.stringify(shown, null, 2)])
    })
  )
}
