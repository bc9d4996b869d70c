import { sayInstant } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { type Params, sentenceOf, type TextKey } from '@matthan/base/text/say'
import type { Command } from 'commander'
import { consoleLanguage } from '../config.ts'
import type { Client } from './client.ts'
import { addVerify } from './clip-verify.ts'
import { asking, type Cli, outputOf, type Run, type Shared, withShared } from './command.ts'
import { readInstant } from './instant.ts'
import { type Output, sayBytes, sayDuration } from './output.ts'

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

/** `clip request | status | list | cancel | verify` */
export const addClip = (program: Command, cli: Cli): void => {
  const clip = program.command('clip').description(outputOf(cli, { data: '', json: false }).say('control.commandClip'))

  withShared(clip.command('request'))
    .requiredOption('--viewpoint <viewpoint>', 'id or name')
    .option('--from <instant>', 'dd/MM/yyyy HH:mm:ss (UTC+7) or RFC 3339')
    .option('--to <instant>', 'as --from')
    .option('--last <seconds>', 'instead of --from and --to: up to now')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--by <name>', 'who asks')
    .option('--wait', 'until it is ready', false)
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
  withShared(clip.command('status <clip>'))
    .option('--wait', 'until it is ready', false)
    .action(
      asking(cli, async (run, options: Shared & { wait: boolean }, name: string) => {
        if (options.wait) return await follow(run, name)
        const status = await run.client.clip.status.query({ clip: name })
        run.output.answer(status, () => [clipLine(run.output, status), outcome(run.output, status)])
      })
    )
  withShared(clip.command('list')).action(
    asking(cli, async ({ client, output }, _: Shared) => {
      const clips = await client.clip.list.query({})
      output.answer(clips, () => clips.map(one => clipLine(output, one)))
    })
  )
  withShared(clip.command('cancel <clip>'))
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--by <name>', 'who asks')
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
const rangeOf = ({ from = '', to = '', last }: Wish, nowMs: number): { fromMs: number; toMs: number } => {
  if (last === undefined) return { fromMs: readInstant(from), toMs: readInstant(to) }
  const seconds = Number(last)
  if (!Number.isFinite(seconds) || seconds <= 0) throw new MatthanError('usage', 'control.badInstant', { text: last })
  return { fromMs: Math.round(nowMs - seconds * 1000), toMs: nowMs }
}

const stateText = (output: Output, state: ClipStatus['state']): string =>
  output.say(`control.clipState_${state}` as TextKey)

const clipLine = (
  output: Output,
  clip: Pick<ClipStatus, 'evidenceId' | 'state' | 'fromMs' | 'toMs' | 'viewpointId' | 'requestedBy'>
): string =>
  output.say('control.clipLine', {
    evidenceId: clip.evidenceId,
    state: stateText(output, clip.state),
    from: sayInstant(clip.fromMs),
    to: sayInstant(clip.toMs),
    viewpoint: clip.viewpointId,
    requestedBy: clip.requestedBy
  })

/** Bytes, rate and time left as the box measured them. */
const progressLine = (output: Output, clip: ClipStatus): string => {
  const { progress } = clip
  const known = (value: number | undefined, say: (value: number) => string) => (value === undefined ? '?' : say(value))
  if (!progress || clip.state !== 'uploading') return stateText(output, clip.state)
  return output.say('control.clipProgress', {
    state: stateText(output, clip.state),
    done: known(progress.doneBytes, sayBytes),
    total: known(progress.totalBytes, sayBytes),
    rate: known(progress.rateBytesPerSecond, sayBytes),
    left: known(progress.leftMs, sayDuration)
  })
}

const outcome = (output: Output, clip: ClipStatus): string => {
  const { evidenceId } = clip
  if (clip.state === 'ready' && clip.package)
    return output.say('control.clipReady', {
      evidenceId,
      path: clip.package.path,
      seal: clip.package.tagManifestSha256
    })
  if (clip.state === 'noFootage') return output.say('control.clipNoFootage', { evidenceId })
  return clip.state === 'failed' ? failureOf(clip).message : progressLine(output, clip)
}

const failureOf = (clip: ClipStatus): MatthanError => {
  const { key, params } = (clip.error ?? { key: 'base.internal', params: {} }) as { key: string; params: Params }
  const reason = sentenceOf(consoleLanguage(), key, params)
  return new MatthanError('internal', 'control.clipFailed', { clip: clip.evidenceId, reason })
}

/** Shows the way of a clip until its end. @throws MatthanError when it failed or was cancelled. */
const follow = async ({ client, output, cli }: Run, clipName: string): Promise<void> => {
  for (;;) {
    const clip = await client.clip.status.query({ clip: clipName })
    if (clip.state === 'failed') throw failureOf(clip)
    if (clip.state === 'cancelled')
      throw new MatthanError('refused', 'control.clipCancelled', { clip: clip.evidenceId })
    if (clip.state === 'ready' || clip.state === 'noFootage') return output.answer(clip, () => [outcome(output, clip)])
    output.progress(progressLine(output, clip))
    await cli.clock.sleep(askEveryMs, cli.signal)
  }
}
