import type { ChannelFacts } from '../store/cameras.ts'
import type { CameraFacts, CameraStream } from './camera.ts'

const most = { name: 100, codec: 20 }
const cut = (text: string | undefined, length: number): string | undefined => text?.slice(0, length) || undefined

/** What a probe tells of one stream, as the store keeps it. */
export const channelFactsOf = (facts: CameraFacts, stream: CameraStream): ChannelFacts => {
  const { identity } = facts
  const found: { [Key in keyof ChannelFacts]: ChannelFacts[Key] | undefined } = {
    manufacturer: cut(identity?.manufacturer, most.name),
    model: cut(identity?.model, most.name),
    firmware: cut(identity?.firmware, most.name),
    serial: cut(identity?.serial, most.name),
    videoCodec: cut(stream.codec, most.codec),
    audioCodec: cut(stream.audioCodec, most.codec),
    width: stream.width || undefined,
    height: stream.height || undefined
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as ChannelFacts
}

/** The streams that `choice` means: `best` = the largest picture, `all`, or one token. Empty when there is none such. */
export const chooseStreams = (facts: CameraFacts, choice: string): CameraStream[] => {
  if (choice === 'all') return facts.streams
  if (choice !== 'best') return facts.streams.filter(stream => stream.token === choice)
  return facts.streams.toSorted((a, b) => b.width * b.height - a.width * a.height).slice(0, 1)
}
