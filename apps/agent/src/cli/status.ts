import { join } from 'node:path'
import { sayInstant } from '@matthan/base/clock'
import { type Params, sentenceOf, type TextKey } from '@matthan/base/text/say'
import type { Cell } from '@matthan/base/text/table'
import { sayBitRate, sayBytes, sayColumnInstant } from '@matthan/base/text/units'
import type { ChannelStatus } from '@matthan/protocol/recording'
import type { Box } from '../box.ts'
import { isEnrolled, readIdentity } from '../identity/files.ts'
import { tlsLife } from '../identity/renewal.ts'
import { conditionTable } from '../store/conditions.ts'
import { isLocked } from '../store/lock.ts'
import { answer, type Context, factsOf, tableOf, tell, withBox } from './context.ts'

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

type Link = { state: 'online' | 'offline'; sinceMs: number; error?: { key: string; params: Params } | undefined }

const linkCell = (context: Context, { state, sinceMs, error }: Link): Cell => {
  const since = sayInstant(sinceMs)
  if (state === 'online') return { text: tell(context, 'agent.statusOnline', { since }), colour: 'green' }
  const reason = error ? sentenceOf(context.language, error.key, error.params) : ''
  return { text: tell(context, 'agent.statusOffline', { since, error: reason }).trim(), colour: 'yellow' }
}

const stateCell = (context: Context, state: State): Cell => {
  const text = tell(context, stateKeys[state])
  if (state === 'recording') return { text, colour: 'green' }
  return state === 'disabled' ? text : { text, colour: 'yellow' }
}

const channelTable = (context: Context, channels: Awaited<ReturnType<typeof channelsOf>>): string[] =>
  channels.length === 0
    ? [tell(context, 'agent.saidNoCameras')]
    : tableOf(
        context,
        ['agent.colViewpoint', 'agent.colState', 'agent.colBitRate', 'agent.colFrameRate', 'agent.colChannelId'],
        channels.map(({ name, state, bitrateBps, fps, channelId }) => [
          name,
          stateCell(context, state),
          bitrateBps === undefined ? '' : sayBitRate(context.language, bitrateBps),
          fps === undefined ? '' : fps.toFixed(0),
          channelId
        ])
      )

export const status = async (context: Context): Promise<void> => {
  await withBox(context, async box => {
    const identity = await identityOf(context)
    const running = isLocked(join(box.config.dataFolder, 'agent.lock'))
    const link = running ? box.meta.get('link') : undefined
    const [spool, channels] = [box.spool.pending(), await channelsOf(box)]
    const conditions = conditionTable(box.store).all()
    const nameOf = (id: string): string =>
      channels.find(one => one.channelId === id || one.viewpointId === id)?.name ?? ''
    const size = sayBytes(context.language, spool.bytes)
    const lines = [
      ...factsOf(context, [
        ['agent.statusBox', identity?.name ?? tell(context, 'agent.statusNotEnrolled')],
        ['agent.statusBoxId', identity?.boxId ?? ''],
        [
          'agent.statusAgent',
          running
            ? { text: tell(context, 'agent.statusRunning'), colour: 'green' }
            : { text: tell(context, 'agent.statusStopped'), colour: 'red' }
        ],
        ['agent.statusCentre', link ? linkCell(context, link) : ''],
        ['agent.statusCertificate', identity ? sayInstant(identity.certificateEndsMs) : ''],
        ['agent.statusSpool', tell(context, 'agent.statusSpoolSize', { records: spool.records, size })]
      ]),
      '',
      ...channelTable(context, channels),
      '',
      ...(conditions.length === 0
        ? [tell(context, 'agent.statusNoConditions')]
        : tableOf(
            context,
            ['agent.colCondition', 'agent.colViewpoint', 'agent.colSince'],
            conditions.map(({ code, subjectId, sinceMs }) => [
              { text: tell(context, `health.${code}`), colour: 'red' as const },
              nameOf(subjectId),
              sayColumnInstant(sinceMs)
            ])
          ))
    ]
    answer(
      context,
      { enrolled: identity !== undefined, ...identity, running, link, spool, channels, conditions },
      lines
    )
  })
}
