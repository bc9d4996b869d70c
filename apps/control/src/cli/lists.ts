import { sentenceOf } from '@matthan/base/text/say'
import { sayColumnInstant } from '@matthan/base/text/units'
import type { Command } from 'commander'
import type { Client } from './client.ts'
import { addCommand, asking, type Cli, type Shared, word } from './command.ts'
import { orderKindText, orderStateCell, severityCell } from './words.ts'

/** Names of boxes and viewpoints by id; an id without a name stands for itself. */
const namesOf = async (client: Client): Promise<(id: string) => string> => {
  const [boxes, viewpoints] = await Promise.all([client.box.list.query(), client.viewpoint.list.query()])
  const names = new Map([
    ...boxes.map(one => [one.boxId, one.name] as const),
    ...viewpoints.map(one => [one.viewpointId, one.name] as const)
  ])
  return id => names.get(id) ?? id
}

/** `viewpoint list`, `order list`, `health`, `status` */
export const addLists = (program: Command, cli: Cli): void => {
  const viewpoint = program.command('viewpoint').description(word('control.commandViewpoint'))
  addCommand(viewpoint, 'list', 'control.commandViewpointList').action(
    asking(cli, async ({ client, output }, _: Shared) => {
      const [viewpoints, nameOf] = await Promise.all([client.viewpoint.list.query(), namesOf(client)])
      output.answer(viewpoints, () =>
        output.table(
          [
            'control.colViewpoint',
            'control.colBox',
            'control.colPlace',
            'control.colRequiredDays',
            'control.colViewpointId'
          ],
          viewpoints.map(one => [
            one.name,
            nameOf(one.boxId),
            one.place,
            output.say('control.days', { days: one.requiredDays }),
            one.viewpointId
          ])
        )
      )
    })
  )

  const order = program.command('order').description(word('control.commandOrder'))
  addCommand(order, 'list', 'control.commandOrderList')
    .option('--box <box>', word('control.optBox'))
    .option('--clip <clip>', word('control.optClip'))
    .action(
      asking(cli, async ({ client, output }, options: Shared & { box?: string; clip?: string }) => {
        const [orders, nameOf] = await Promise.all([
          client.order.list.query({ box: options.box, clip: options.clip }),
          namesOf(client)
        ])
        output.answer(orders, () =>
          output.table(
            ['control.colOrder', 'control.colState', 'control.colBox', 'control.colCreated', 'control.colOrderId'],
            orders.map(one => [
              orderKindText(output, one.kind),
              orderStateCell(output, one.state),
              nameOf(one.boxId),
              sayColumnInstant(one.createdMs),
              one.orderId
            ])
          )
        )
      })
    )

  addCommand(program, 'health', 'control.commandHealth')
    .option('--box <box>', word('control.optBox'))
    .action(
      asking(cli, async ({ client, output }, options: Shared & { box?: string }) => {
        const [open, nameOf] = await Promise.all([client.health.list.query({ box: options.box }), namesOf(client)])
        output.answer(open, () =>
          open.length === 0
            ? [output.say('control.healthNone')]
            : output.table(
                [
                  'control.colSeverity',
                  'control.colBox',
                  'control.colCondition',
                  'control.colSubject',
                  'control.colSince'
                ],
                open.map(one => [
                  severityCell(output, one.severity),
                  nameOf(one.boxId),
                  sentenceOf(output.language, `health.${one.code}`),
                  one.subjectId === one.boxId ? '' : nameOf(one.subjectId),
                  sayColumnInstant(one.sinceMs)
                ])
              )
        )
      })
    )

  addCommand(program, 'status', 'control.commandStatus').action(
    asking(cli, async ({ client, output }, _: Shared) => {
      const status = await client.status.query()
      const { addresses } = status
      output.answer(status, () =>
        output.facts([
          ['control.colName', status.name],
          ['control.colBox', output.say('control.onlineOf', { online: status.online, boxes: status.boxes })],
          [
            'control.colConditions',
            { text: String(status.conditions), colour: status.conditions ? 'yellow' : 'green' }
          ],
          ['control.colClips', String(status.clips)],
          ...(['web', 'join', 'mqtt', 'device'] as const).map(
            name => [`control.colAddress_${name}`, addresses[name] ?? ''] as const
          ),
          ['control.colDataFolder', status.dataFolder],
          ['control.colRoot', status.rootSha256]
        ])
      )
    })
  )
}
