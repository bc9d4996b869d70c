import { sentenceOf } from '@matthan/base/text/say'
import { sayBitRate, sayBytes, sayColumnInstant, sayHours } from '@matthan/base/text/units'
import type { Client } from './client.ts'
import type { Output } from './output.ts'
import { boxStateCell, channelStateCell, linkCell } from './words.ts'

type Shown = Awaited<ReturnType<Client['box']['show']['query']>>

/** One box for a person: itself, its viewpoints with what they record and cover, its conditions. */
export const showBox = (output: Output, box: Shown): string[] => {
  const viewpoints = box.inventory?.viewpoints ?? []
  const nameOf = (id: string): string => viewpoints.find(one => one.viewpointId === id)?.name ?? id
  const retention = box.retention.map(one => {
    const channel = box.heartbeat?.channels.find(({ channelId }) => channelId === one.channelId)
    return [
      nameOf(one.viewpointId),
      channel ? channelStateCell(output, channel.state) : '',
      channel?.bitrateBps === undefined ? '' : sayBitRate(output.language, channel.bitrateBps),
      output.say('control.days', { days: one.requiredDays }),
      output.say('control.coveredOf', {
        covered: sayHours(output.language, one.coveredHours),
        required: sayHours(output.language, one.requiredHours)
      }),
      one.oldestMs === undefined ? '' : sayColumnInstant(one.oldestMs),
      sayBytes(output.language, one.footageBytes)
    ]
  })
  return [
    ...output.facts([
      ['control.colName', box.name],
      ['control.colUnit', box.unitLabel],
      ['control.colState', boxStateCell(output, box.state)],
      ['control.colReason', box.revokedReason ?? ''],
      ['control.colLink', box.state === 'enrolled' ? linkCell(output, box.online) : ''],
      [
        'control.colLastSeen',
        box.lastSeenMs === undefined ? output.say('control.never') : sayColumnInstant(box.lastSeenMs)
      ],
      ['control.colVersion', box.agentVersion ?? ''],
      ['control.colBoxId', box.boxId]
    ]),
    ...(retention.length === 0
      ? []
      : [
          '',
          ...output.table(
            [
              'control.colViewpoint',
              'control.colState',
              'control.colBitRate',
              'control.colRequiredDays',
              'control.colCovered',
              'control.colOldest',
              'control.colSize'
            ],
            retention
          )
        ]),
    '',
    ...(box.conditions.length === 0
      ? [output.say('control.healthNone')]
      : output.table(
          ['control.colCondition', 'control.colSubject', 'control.colSince'],
          box.conditions.map(one => [
            sentenceOf(output.language, `health.${one.code}`),
            one.subjectId === box.boxId ? '' : nameOf(one.subjectId),
            sayColumnInstant(one.sinceMs)
          ])
        ))
  ]
}
