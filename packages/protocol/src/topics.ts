import { isId } from '@matthan/base/id'

/**
 * The whole topic map. Everything that knows a topic (access rules, encoders, subscriptions, the reference) is
 * computed from these two lists and `topicOf` (law L6); QoS 1, never retained.
 */
const prefix = 'matthan/v1'

/** Box → centre. `fact` and `result` carry durable records; the rest may be lost; `bye` is the will. */
export const upChannels = ['hello', 'heartbeat', 'fact', 'result', 'progress', 'bye'] as const
/** Centre → box. */
export const downChannels = ['ack', 'order', 'config', 'checkpoint'] as const

export type UpChannel = (typeof upChannels)[number]
export type DownChannel = (typeof downChannels)[number]

export const upTopic = (boxId: string, channel: UpChannel): string => `${prefix}/${boxId}/up/${channel}`
export const downTopic = (boxId: string, channel: DownChannel): string => `${prefix}/${boxId}/down/${channel}`

/** The one filter a box may subscribe beside the exact down topics. */
export const downFilter = (boxId: string): string => `${prefix}/${boxId}/down/+`

/** What the centre listens to. */
export const everyUpFilter = `${prefix}/+/up/+`

/** I7: exactly these may be published by `boxId`, and exactly these subscribed. Anything else is refused. */
export const mayPublish = (boxId: string, topic: string): boolean =>
  upChannels.some(channel => topic === upTopic(boxId, channel))
export const maySubscribe = (boxId: string, filter: string): boolean =>
  filter === downFilter(boxId) || downChannels.some(channel => filter === downTopic(boxId, channel))

/** The box and channel of an up topic, or undefined when it is none of ours. */
export const readUpTopic = (topic: string): { boxId: string; channel: UpChannel } | undefined => {
  const [a, b, boxId, direction, channel, ...rest] = topic.split('/')
  if (`${a}/${b}` !== prefix || direction !== 'up' || rest.length > 0 || !boxId || !isId(boxId)) return undefined
  const known = upChannels.find(one => one === channel)
  return known ? { boxId, channel: known } : undefined
}

/** The channel of a down topic addressed to `boxId`, or undefined. */
export const readDownTopic = (boxId: string, topic: string): DownChannel | undefined =>
  downChannels.find(channel => topic === downTopic(boxId, channel))
