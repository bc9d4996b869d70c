import { downFilter, mayPublish, maySubscribe, upTopic } from '@matthan/protocol/topics'
import type { ConnectPacket, PublishPacket, Subscription } from 'aedes'

/** MQTT 3.1.1, 3.2.2.3. */
const identifierRejected = 2
const notAuthorized = 5

/** Undefined when the CONNECT is as it must be; otherwise why not, and the return code. */
export const judgeConnect = (boxId: string, packet: ConnectPacket): { why: string; returnCode: number } | undefined => {
  const { clientId, clean, will } = packet
  if (clientId !== boxId) return { why: 'client id of another', returnCode: identifierRejected }
  if (!clean) return { why: 'session not clean', returnCode: notAuthorized }
  if (will && (will.topic !== upTopic(boxId, 'bye') || will.retain || (will.qos ?? 0) > 1))
    return { why: 'will on a foreign topic', returnCode: notAuthorized }
  return undefined
}

/** Why this may not be published; I7, an exact list: its own up topics, not retained, QoS 0 or 1. */
export const judgePublish = (boxId: string, packet: PublishPacket): string | undefined => {
  if (!mayPublish(boxId, packet.topic)) return 'publish on a foreign topic'
  if (packet.retain) return 'retained message'
  if (packet.qos > 1) return 'QoS 2'
  return undefined
}

/** Why this may not be subscribed; I7: its own down topics by name, or all of them by the one filter. */
export const judgeSubscribe = (boxId: string, { topic, qos }: Subscription): string | undefined => {
  if (!maySubscribe(boxId, topic)) return 'subscribe to a foreign topic'
  if (qos > 1) return 'QoS 2'
  return undefined
}

/** Whether somebody who subscribed `filters` (all of them allowed) hears `topic` of his own. */
export const hears = (boxId: string, filters: ReadonlySet<string>, topic: string): boolean =>
  filters.has(topic) || filters.has(downFilter(boxId))
