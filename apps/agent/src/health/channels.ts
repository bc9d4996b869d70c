import type { Heartbeat } from '@matthan/protocol/envelope'
import type { ChannelStatus, RecorderStatus } from '@matthan/protocol/recording'
import type { Observation } from './conditions.ts'

/** The recorder replaces its status each second; older than this it is not working. */
export const statusStaleMs = 10_000

export type RecorderView = { status: RecorderStatus; ageMs: number } | undefined

const fresh = (view: RecorderView): view is NonNullable<RecorderView> =>
  view !== undefined && view.ageMs <= statusStaleMs

/** Without the GOP a fragment must come within this. */
const noGopMs = 10_000

/** A channel records when its newest fragment is no older than the recorder's own stall rule (2 × GOP + 2 s). */
const records = (channel: ChannelStatus, ageMs: number): boolean =>
  channel.state === 'recording' &&
  (channel.lastFragmentAgeMs ?? 0) + ageMs <= (channel.gopMs ? 2 * channel.gopMs + 2000 : noGopMs) + 1000

const linkCauses = ['link', 'camera'] as const

/**
 * What the recorder's status says about the box and about each channel that should record.
 * @param channelIds channels that are set up on this box and not removed.
 */
export const observeChannels = (view: RecorderView, channelIds: readonly string[], boxId: string): Observation[] => {
  const observations: Observation[] = [
    { code: 'recorderDown', subjectId: boxId, present: channelIds.length > 0 && !fresh(view) }
  ]
  const known = new Map(view?.status.channels.map(channel => [channel.channelId, channel]))
  for (const channelId of channelIds) {
    const channel = known.get(channelId)
    if (channel?.state === 'disabled') {
      for (const code of ['recordingStopped', 'cameraUnreachable', 'cameraSignInRefused', 'streamStalled'] as const)
        observations.push({ code, subjectId: channelId, present: false })
      continue
    }
    const alive = fresh(view) && channel !== undefined
    const waits = alive && channel.state === 'waiting'
    const details = { cause: channel?.cause ?? 'unknown', detail: (channel?.detail ?? '').slice(0, 300) }
    observations.push(
      {
        code: 'recordingStopped',
        subjectId: channelId,
        present: !alive || !records(channel, view.ageMs),
        details
      },
      {
        code: 'cameraUnreachable',
        subjectId: channelId,
        present: waits && linkCauses.some(cause => cause === channel.cause),
        details
      },
      { code: 'cameraSignInRefused', subjectId: channelId, present: waits && channel.cause === 'signIn', details },
      { code: 'streamStalled', subjectId: channelId, present: alive && channel.state === 'stalled', details }
    )
  }
  return observations
}

/** The channels of a heartbeat; a recorder that does not answer makes them `unknown`. */
export const heartbeatChannels = (view: RecorderView, channelIds: readonly string[]): Heartbeat['channels'] => {
  const known = new Map(fresh(view) ? view.status.channels.map(channel => [channel.channelId, channel]) : [])
  return channelIds.slice(0, 256).map(channelId => {
    const channel = known.get(channelId)
    if (!channel || !view) return { channelId, state: 'unknown', reconnects: 0, stalls: 0 }
    const { state, fps, bitrateBps, lastFragmentAgeMs, reconnects, stalls } = channel
    return {
      channelId,
      state,
      ...(fps === undefined ? {} : { fps }),
      ...(bitrateBps === undefined ? {} : { bitrateBps }),
      ...(lastFragmentAgeMs === undefined ? {} : { lastFragmentAgeMs: lastFragmentAgeMs + view.ageMs }),
      reconnects,
      stalls
    }
  })
}
