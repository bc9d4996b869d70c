import { join } from 'node:path'
import { sayInstant } from '@matthan/base/clock'
import { sentenceOf, type TextKey } from '@matthan/base/text/say'
import type { ChannelStatus } from '@matthan/protocol/recording'
import type { Box } from '../box.ts'
import { isEnrolled, readIdentity } from '../identity/files.ts'
import { tlsLife } from '../identity/renewal.ts'
import { conditionTable } from '../store/conditions.ts'
import { isLocked } from '../store/lock.ts'
import { answer, type Context, tell, withBox } from './context.ts'

const staleMs = 10_000
type State = ChannelStatus['state'] | 'unknown'
const stateKeys = {
  recording: 'agent.stateRecording',
  starting: 'agent.stateStarting',
  stalled: 'agent.stateStalled',
  waiting: 'agent.stateWaiting',
  disabled: 'agent.stateDisabled',
  unknown: 'agent.stateUnknown'
} as const satisfies Record<State, TextKey>

/** Each camera with what the recorder says of it just now. */
const channelsOf = async (box: Box) => {
  const view = await box.client.status()
  const fresh = view && view.ageMs <= staleMs ? view.status.channels : []
  return box.cameras
    .all()
    .filter(camera => camera.removedMs === undefined)
    .map(({ channelId, name, viewpoint }) => {
      const channel = fresh.find(one => one.channelId === channelId)
      const { state = 'unknown' as State, fps, bitrateBps, lastFragmentAgeMs, detail } = channel ?? {}
      const viewpointId = viewpoint?.viewpointId ?? ''
      return { channelId, viewpointId, name, state, fps, bitrateBps, lastFragmentAgeMs, detail }
    })
}

const identityOf = async ({ dataFolder }: Context) => {
  if (!(await isEnrolled(dataFolder))) return undefined
  const identity = await readIdentity(dataFolder)
  return { boxId: identity.boxId, name: identity.name, certificateEndsMs: tlsLife(identity).toMs }
}

export const status = async (context: Context): Promise<void> => {
  await withBox(context, async box => {
    const identity = await identityOf(context)
    const running = isLocked(join(box.config.dataFolder, 'agent.lock'))
    const link = running ? box.meta.get('link') : undefined
    const [spool, channels] = [box.spool.pending(), await channelsOf(box)]
    const conditions = conditionTable(box.store).all()
    const lines = [
      identity ? tell(context, 'agent.statusBox', identity) : tell(context, 'agent.statusNotEnrolled'),
      tell(context, running ? 'agent.statusRunning' : 'agent.statusStopped'),
      ...(link
        ? [
            tell(context, link.state === 'online' ? 'agent.statusOnline' : 'agent.statusOffline', {
              since: sayInstant(link.sinceMs),
              error: link.error ? sentenceOf(context.language, link.error.key, link.error.params) : ''
            })
          ]
        : []),
      tell(context, 'agent.statusSpool', { records: spool.records, bytes: spool.bytes }),
      ...channels.map(({ state, name, viewpointId }) =>
        tell(context, 'agent.statusCamera', { state: tell(context, stateKeys[state]), name, viewpointId })
      ),
      ...conditions.map(({ code, sinceMs }) =>
        tell(context, 'agent.statusCondition', { title: tell(context, `health.${code}`), since: sayInstant(sinceMs) })
      )
    ]
    answer(
      context,
      { enrolled: identity !== undefined, ...identity, running, link, spool, channels, conditions },
      lines
    )
  })
}
