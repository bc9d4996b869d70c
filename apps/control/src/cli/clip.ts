import { language } from '@matthan/base/config'
import { MatthanError, sayError } from '@matthan/base/error'
import { readInstant } from '@matthan/base/text/instant'
import { type Params, sentenceOf, type TextKey } from '@matthan/base/text/say'
import type { Cell } from '@matthan/base/text/table'
import { sayBytes, sayColumnInstant, sayDuration } from '@matthan/base/text/units'
import type { Command } from 'commander'
import type { Client } from './client.ts'
import { addVerify } from './clip-verify.ts'
import { addCommand, asking, type Cli, type Run, type Shared, word } from './command.ts'
import type { Output } from './output.ts'
import { clipStateCell, clipStateText } from './words.ts'

type ClipStatus = Awaited<ReturnType<Client['clip']['status']['query']>>
type Wish = Shared & {
  viewpoint: string
  from?: string
  to?: string
  last?: string
  reason: string
  by: string
  wait: boolean
}

const askEveryMs = 500

const viewpointNames = async (client: Client): Promise<(id: string) => string> => {
  const names = new Map((await client.viewpoint.list.query()).map(one => [one.viewpointId, one.name]))
  return id => names.get(id) ?? id
}

/** `clip request | status | list | cancel | verify` */
export const addClip = (program: Command, cli: Cli): void => {
  const clip = program.command('clip').description(word('control.commandClip'))

  addCommand(clip, 'request', 'control.commandClipRequest')
    .requiredOption('--viewpoint <viewpoint>', word('control.optViewpoint'))
    .option('--from <instant>', word('control.optFrom'))
    .option('--to <instant>', word('control.optTo'))
    .option('--last <seconds>', word('control.optLast'))
    .requiredOption('--reason <text>', word('control.optReason'))
    .requiredOption('--by <name>', word('control.optBy'))
    .option('--wait', word('control.optWait'), false)
    .action(
      asking(cli, async (run, options: Wish) => {
        const { client, output } = run
        const range = rangeOf(options, cli.clock.nowMs())
        const { viewpoint, reason, by: requestedBy } = options
        const made = await client.clip.request.mutate({ viewpoint, ...range, reason, requestedBy })
        if (options.wait) return await follow(run, made.clipId)
        output.answer(made, () => [
          output.say('control.clipRequested', { evidenceId: made.evidenceId, clipId: made.clipId })
        ])
      })
    )
  addCommand(clip, 'status <clip>', 'control.commandClipStatus')
    .option('--wait', word('control.optWait'), false)
    .action(
      asking(cli, async (run, options: Shared & { wait: boolean }, name: string) => {
        if (options.wait) return await follow(run, name)
        const status = await run.client.clip.status.query({ clip: name })
        const nameOf = await viewpointNames(run.client)
        run.output.answer(status, () => clipFacts(run.output, status, nameOf))
      })
    )
  addCommand(clip, 'list', 'control.commandClipList').action(
    asking(cli, async ({ client, output }, _: Shared) => {
      const [clips, nameOf] = await Promise.all([client.clip.list.query({}), viewpointNames(client)])
      output.answer(clips, () =>
        output.table(
          [
            'control.colEvidence',
            'control.colState',
            'control.colViewpoint',
            'control.colFrom',
            'control.colTo',
            'control.colRequestedBy'
          ],
          clips.map(one => [
            one.evidenceId,
            clipStateCell(output, one.state),
            nameOf(one.viewpointId),
            sayColumnInstant(one.fromMs),
            sayColumnInstant(one.toMs),
            one.requestedBy
          ])
        )
      )
    })
  )
  addCommand(clip, 'cancel <clip>', 'control.commandClipCancel')
    .requiredOption('--reason <text>', word('control.optCancelReason'))
    .requiredOption('--by <name>', word('control.optBy'))
    .action(
      asking(cli, async ({ client, output }, options: Shared & { reason: string; by: string }, name: string) => {
        const { reason, by: requestedBy } = options
        const cancelled = await client.clip.cancel.mutate({ clip: name, reason, requestedBy })
        output.answer(cancelled, () => [output.say('control.clipCancelDone', cancelled)])
      })
    )
  addVerify(clip, cli)
}

/** @throws MatthanError usage */
const rangeOf = ({ from, to, last }: Wish, nowMs: number): { fromMs: number; toMs: number } => {
  if (last === undefined) {
    if (from === undefined || to === undefined)
      throw new MatthanError('usage', 'base.usageMissing', { what: from === undefined ? '--from' : '--to' })
    return { fromMs: readInstant(from), toMs: readInstant(to) }
  }
  const seconds = Number(last)
  if (!Number.isFinite(seconds) || seconds <= 0) throw new MatthanError('usage', 'control.badLast', { text: last })
  return { fromMs: Math.round(nowMs - seconds * 1000), toMs: nowMs }
}

/** One clip, with what has become of it. */
const clipFacts = (output: Output, clip: ClipStatus, nameOf: (id: string) => string): string[] => [
  ...output.facts([
    ['control.colEvidence', clip.evidenceId],
    ['control.colState', clipStateCell(output, clip.state)],
    ['control.colViewpoint', nameOf(clip.viewpointId)],
    ['control.colFrom', sayColumnInstant(clip.fromMs)],
    ['control.colTo', sayColumnInstant(clip.toMs)],
    ['control.colRequestedBy', clip.requestedBy],
    ['control.colReason', clip.reason],
    ...packageFacts(output, clip)
  ]),
  ...outcome(output, clip)
]

const packageFacts = (output: Output, clip: ClipStatus): [TextKey, Cell][] =>
  clip.package
    ? [
        ['control.colPackage', clip.package.path],
        ['control.colSize', sayBytes(output.language, clip.package.bytes)],
        ['control.colSealCode', clip.package.tagManifestSha256]
      ]
    : []

/** Bytes, rate and time left as the box measured them. */
const progressLine = (output: Output, clip: ClipStatus): string => {
  const { progress } = clip
  const known = (value: number | undefined, say: (value: number) => string) => (value === undefined ? '?' : say(value))
  const inBytes = (value: number) => sayBytes(output.language, value)
  if (!progress || clip.state !== 'uploading') return clipStateText(output, clip.state)
  return output.say('control.clipProgress', {
    state: clipStateText(output, clip.state),
    done: known(progress.doneBytes, inBytes),
    total: known(progress.totalBytes, inBytes),
    rate: known(progress.rateBytesPerSecond, inBytes),
    left: known(progress.leftMs, sayDuration)
  })
}

/** What a person is told beside the state. */
const outcome = (output: Output, clip: ClipStatus): string[] => {
  const { evidenceId, state } = clip
  if (state === 'noFootage') return [output.say('control.clipNoFootage', { evidenceId })]
  if (state === 'failed') return [sayError(failureOf(clip), output.language).message]
  if (state === 'ready') return clip.complete === false ? [output.say('control.clipPartial')] : []
  return state === 'uploading' ? [progressLine(output, clip)] : []
}

const failureOf = (clip: ClipStatus): MatthanError => {
  const { key, params } = (clip.error ?? { key: 'base.internal', params: {} }) as { key: string; params: Params }
  const reason = sentenceOf(language(), key, params)
  return new MatthanError('internal', 'control.clipFailed', { clip: clip.evidenceId, reason })
}

/** Shows the way of a clip until its end. @throws MatthanError when it failed or was cancelled. */
const follow = async ({ client, output, cli }: Run, clipName: string): Promise<void> => {
  for (;;) {
    const clip = await client.clip.status.query({ clip: clipName })
    if (clip.state === 'failed') throw failureOf(clip)
    if (clip.state === 'cancelled')
      throw new MatthanError('refused', 'control.clipCancelled', { clip: clip.evidenceId })
    if (clip.state === 'ready' || clip.state === 'noFootage') {
      const nameOf = await viewpointNames(client)
      return output.answer(clip, () => clipFacts(output, clip, nameOf))
    }
    output.progress(progressLine(output, clip))
    await cli.clock.sleep(askEveryMs, cli.signal)
  }
}
