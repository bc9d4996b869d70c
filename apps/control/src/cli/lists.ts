import { sayInstant } from '@matthan/base/clock'
import { sentenceOf } from '@matthan/base/text/say'
import type { Command } from 'commander'
import { consoleLanguage } from '../config.ts'
import { asking, type Cli, outputOf, type Shared, withShared } from './command.ts'

/** `viewpoint list`, `order list`, `health`, `status` */
export const addLists = (program: Command, cli: Cli): void => {
  const text = outputOf(cli, { data: '', json: false })

  const viewpoint = program.command('viewpoint').description(text.say('control.commandViewpoint'))
  withShared(viewpoint.command('list')).action(
    asking(cli, async ({ client, output }, _: Shared) => {
      const [viewpoints, boxes] = await Promise.all([client.viewpoint.list.query(), client.box.list.query()])
      const nameOf = new Map(boxes.map(box => [box.boxId, box.name]))
      output.answer(viewpoints, () =>
        viewpoints.map(one =>
          output.say('control.viewpointLine', {
            viewpointId: one.viewpointId,
            requiredDays: one.requiredDays,
            box: nameOf.get(one.boxId) ?? one.boxId,
            name: one.name
          })
        )
      )
    })
  )

  const order = program.command('order').description(text.say('control.commandOrder'))
  withShared(order.command('list'))
    .option('--box <box>', 'id or name')
    .option('--clip <clip>', 'id or label')
    .action(
      asking(cli, async ({ client, output }, options: Shared & { box?: string; clip?: string }) => {
        const orders = await client.order.list.query({ box: options.box, clip: options.clip })
        output.answer(orders, () =>
          orders.map(one =>
            output.say('control.orderLine', {
              orderId: one.orderId,
              kind: one.kind,
              state: one.state,
              created: sayInstant(one.createdMs)
            })
          )
        )
      })
    )

  withShared(program.command('health').description(text.say('control.commandHealth')))
    .option('--box <box>', 'id or name')
    .action(
      asking(cli, async ({ client, output }, options: Shared & { box?: string }) => {
        const [open, boxes] = await Promise.all([
          client.health.list.query({ box: options.box }),
          client.box.list.query()
        ])
        const nameOf = new Map(boxes.map(box => [box.boxId, box.name]))
        const language = consoleLanguage()
        output.answer(open, () =>
          open.length === 0
            ? [output.say('control.healthNone')]
            : open.map(one =>
                output.say('control.healthLine', {
                  severity: one.severity,
                  box: nameOf.get(one.boxId) ?? one.boxId,
                  code: sentenceOf(language, `health.${one.code}`),
                  since: sayInstant(one.sinceMs),
                  subject: one.subjectId
                })
              )
        )
      })
    )

  withShared(program.command('status').description(text.say('control.commandStatus'))).action(
    asking(cli, async ({ client, output }, _: Shared) => {
      const { addresses, ...status } = await client.status.query()
      output.answer({ ...status, addresses }, () => [
        output.say('control.statusLine', status),
        output.say('control.serving', addresses)
      ])
    })
  )
}
