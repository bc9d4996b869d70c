import { sentenceOf } from '@matthan/base/text/say'
import type { Cell } from '@matthan/base/text/table'
import type { Heartbeat } from '@matthan/protocol/envelope'
import type { Severity } from '@matthan/protocol/health'
import type { OrderState } from '@matthan/protocol/orders'
import type { ClipState } from '../store/tables/orders.ts'
import type { Output } from './output.ts'

type ChannelState = Heartbeat['channels'][number]['state']

/** States as cells of a table: the word, and a colour that repeats it. */
const stateOfBox = {
  expected: 'control.stateExpected',
  enrolled: 'control.stateEnrolled',
  revoked: 'control.stateRevoked'
} as const

export const boxStateCell = (output: Output, state: keyof typeof stateOfBox): Cell => output.say(stateOfBox[state])

export const linkCell = (output: Output, online: boolean): Cell =>
  online
    ? { text: output.say('control.online'), colour: 'green' }
    : { text: output.say('control.offline'), colour: 'yellow' }

export const clipStateText = (output: Output, state: ClipState): string => output.say(`control.clipState_${state}`)

export const clipStateCell = (output: Output, state: ClipState): Cell => {
  const text = clipStateText(output, state)
  if (state === 'ready') return { text, colour: 'green' }
  return state === 'failed' ? { text, colour: 'red' } : text
}

export const orderKindText = (output: Output, kind: string): string =>
  sentenceOf(output.language, `control.orderKind_${kind}`)

export const orderStateCell = (output: Output, state: OrderState): Cell => {
  const text = output.say(`control.orderState_${state}`)
  if (state === 'succeeded') return { text, colour: 'green' }
  return ['failed', 'rejected', 'expired'].includes(state) ? { text, colour: 'red' } : text
}

export const channelStateCell = (output: Output, state: ChannelState): Cell => {
  const text = output.say(`control.channelState_${state}`)
  if (state === 'recording') return { text, colour: 'green' }
  return state === 'disabled' ? text : { text, colour: 'yellow' }
}

export const severityCell = (output: Output, severity: Severity): Cell => {
  const text = output.say(`control.severity_${severity}`)
  if (severity === 'critical') return { text, colour: 'red' }
  return severity === 'major' ? { text, colour: 'yellow' } : text
}
