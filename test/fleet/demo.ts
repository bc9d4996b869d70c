import { cpSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { sayInstant, systemClock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { runProgram } from '@matthan/base/lifetime'
import type { Params } from '@matthan/base/text/say'
import { say, type TextKey } from '@matthan/base/text/say'
import type { Box } from './box.ts'
import { footagePath, segmentsOf } from './box_store.ts'
import { type ClipView, pullClip, rootOf } from './clip.ts'
import { createFleet, type Fleet } from './fleet.ts'
import { checkSeal, checkSums, statementOf } from './package_check.ts'
import { isRoot } from './program.ts'
import { until } from './until.ts'

/**
 * The demo: what is shipped, doing the whole of it once, in front of a person.
 *
 *     --once         ends after the proof, with 0, or not 0 with the reason
 *     --keep FOLDER  leaves package/, originals/ and ca.pem there
 *     --json         one line with every address once all is up; the story goes to standard error
 */
const segmentSeconds = 10

const tell = (key: TextKey, params: Params = {}): void => {
  process.stderr.write(`${say('vi', key, params)}\n  ${say('en', key, params).replace(/\n/g, '\n  ')}\n`)
}

const failed = (fleet: Fleet, what: string): MatthanError =>
  new MatthanError('verification', 'demo.failed', { what, folder: fleet.stage.folder })

/** All four record, and the centre knows health and retention. */
const everythingReports = async (fleet: Fleet, box: Box): Promise<void> => {
  await fleet.settle(90_000)
  tell('demo.recording', { cameras: box.cameras.length })
  await until('health and retention are at the centre', 60_000, async () => {
    const shown = await fleet.centre.ask<BoxAtCentre>('box', 'show', box.boxId)
    const recording = (shown.heartbeat?.channels ?? []).filter(channel => channel.state === 'recording').length
    if (recording < box.cameras.length) return `${recording} channels are known to record`
    return shown.retention.length >= box.cameras.length || `retention of ${shown.retention.length} viewpoints`
  })
  tell('demo.health', { channels: box.cameras.length, viewpoints: box.cameras.length })
}

/** The H.265 camera: from the middle of one segment into the third. */
const chooseRange = async (box: Box, channelId: string): Promise<{ fromMs: number; toMs: number }> => {
  tell('demo.waitingForFootage', { seconds: 4 * segmentSeconds })
  await until('three segments are closed', 120_000, () => segmentsOf(box, channelId).length >= 3)
  const [first, , third] = segmentsOf(box, channelId).slice(-3)
  return {
    fromMs: Math.round((first!.startMs + first!.endMs) / 2),
    toMs: Math.round((third!.startMs + third!.endMs) / 2)
  }
}

const showProgress = ({ progress }: ClipView): void => {
  if (!progress?.totalBytes) return
  const { doneBytes = 0, totalBytes, rateBytesPerSecond = 0, leftMs = 0 } = progress
  tell('demo.progress', {
    percent: Math.floor((100 * doneBytes) / totalBytes),
    done: (doneBytes / 1e6).toFixed(1),
    total: (totalBytes / 1e6).toFixed(1),
    rate: (rateBytesPerSecond / 1e6).toFixed(1),
    left: Math.ceil(leftMs / 1000)
  })
}

/** Everything that the terminal says is proven, proven: by comparing bytes and by running ordinary tools. */
const prove = async (fleet: Fleet, box: Box, folder: string, ca: string): Promise<void> => {
  const statement = statementOf(folder)
  const rows = new Map(segmentsOf(box).map(row => [row.segmentId, row]))
  for (const { name, segmentId } of statement.segments) {
    const onBox = readFileSync(footagePath(box, rows.get(segmentId)!))
    if (!onBox.equals(readFileSync(join(folder, 'data/original', name))))
      throw failed(fleet, say('vi', 'demo.originalDiffers', { name }))
  }
  tell('demo.provedSame', { count: statement.segments.length })
  for (const [tool, check] of [
    ['sha256sum', () => checkSums(folder)],
    ['openssl', () => checkSeal(folder, ca)]
  ] as const) {
    try {
      check()
    } catch (error) {
      throw failed(fleet, say('vi', 'demo.toolRefused', { tool, reason: (error as Error).message }))
    }
    tell(tool === 'openssl' ? 'demo.provedSeal' : 'demo.provedSums')
  }
  const verified = await fleet.centre.cli(['clip', 'verify', folder, '--ca', ca])
  if (verified.code !== 0) throw failed(fleet, verified.err)
  tell('demo.provedVerify')
  if (!statement.complete) throw failed(fleet, JSON.stringify(statement.gaps))
  tell('demo.provedGap', { from: sayInstant(statement.asked.fromMs), to: sayInstant(statement.asked.toMs) })
}

/** Leaves what an outsider needs to check for himself. */
const keep = (box: Box, folder: string, ca: string, to: string): void => {
  mkdirSync(to, { recursive: true })
  for (const part of ['package', 'originals']) rmSync(join(to, part), { recursive: true, force: true })
  cpSync(folder, join(to, 'package'), { recursive: true })
  cpSync(ca, join(to, 'ca.pem'))
  mkdirSync(join(to, 'originals'))
  const rows = new Map(segmentsOf(box).map(row => [row.segmentId, row]))
  const sums: string[] = []
  let copied = false
  for (const { name, segmentId } of statementOf(folder).segments) {
    const row = rows.get(segmentId)!
    const target = join(to, 'originals', name)
    try {
      linkSync(footagePath(box, row), target)
    } catch (error) {
      if ((error as { code?: string }).code !== 'EXDEV') throw error
      cpSync(footagePath(box, row), target)
      copied = true
    }
    sums.push(`${row.sha256}  ${name}\n`)
  }
  writeFileSync(join(to, 'originals', 'segments.sha256'), sums.join(''))
  if (copied) tell('demo.copied', { folder: to })
  tell('demo.kept', { folder: to })
}

const whatToTry = (fleet: Fleet, box: Box, folder: string, ca: string): void => {
  const { node, program } = fleet.stage
  const agent = `${node} ${program('matthan-agent')}`
  const control = `${node} ${program('matthan-control')}`
  const as = (user: string) => (isRoot ? `setpriv --reuid=${user} --regid=${user} --init-groups ` : '')
  const lines: [TextKey, string][] = [
    ['demo.tryStatus', `${as('matthan-agent')}${agent} status --data ${box.folder}`],
    ['demo.tryDoctor', `${as('matthan-agent')}${agent} doctor --data ${box.folder}`],
    ['demo.tryBoxes', `${as('matthan-control')}${control} box list --data ${fleet.centre.folder}`],
    [
      'demo.tryClip',
      `${as('matthan-control')}${control} clip request --data ${fleet.centre.folder} --viewpoint ${box.cameras[0]!.viewpointId} --last 30 --reason "Thử" --by demo --wait`
    ],
    ['demo.tryVerify', `${control} clip verify ${folder} --ca ${ca}`]
  ]
  tell('demo.staysUp')
  for (const [key, command] of lines)
    process.stderr.write(`\n  # ${say('vi', key)} / ${say('en', key)}\n  ${command}\n`)
}

/** The whole story, up to the proof. */
const story = async (
  fleet: Fleet,
  { keepIn }: { keepIn: string | undefined }
): Promise<{ folder: string; ca: string }> => {
  const box = fleet.boxes[0]!
  const camera = box.cameras[2]!
  await everythingReports(fleet, box)
  const range = await chooseRange(box, camera.channelId)
  tell('demo.requested', { viewpoint: camera.name, from: sayInstant(range.fromMs), to: sayInstant(range.toMs) })
  const clip = await pullClip(fleet.centre, { viewpointId: camera.viewpointId, ...range, seen: showProgress })
  if (clip.state !== 'ready') throw failed(fleet, say('vi', 'demo.clipFailed', { state: clip.state }))
  const { folder } = clip
  const ca = rootOf(fleet.centre)
  const originals = statementOf(folder).segments
  const megabytes = (originals.reduce((sum, one) => sum + one.bytes, 0) / 1e6).toFixed(1)
  tell('demo.arrived', { evidence: clip.evidenceId, originals: originals.length, megabytes })
  await prove(fleet, box, folder, ca)
  if (keepIn) keep(box, folder, ca, resolve(process.env.INIT_CWD ?? '.', keepIn))
  return { folder, ca }
}

/** One line with every address, for other people's tools. */
const addressLine = (fleet: Fleet, box: Box, ca: string): string => {
  const { web, device, mqtt, join: joining } = fleet.centre.addresses
  const identity = join(box.folder, 'identity')
  const papers = { id: box.boxId, cert: join(identity, 'tls.pem'), key: join(identity, 'tls.key') }
  return JSON.stringify({ web, device, mqtt, join: joining, ca, box: papers, dataFolder: fleet.stage.folder })
}

const options = {
  once: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  keep: { type: 'string' }
} as const

const readOptions = () => {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    throw new MatthanError('usage', 'demo.badUsage', { reason: (error as Error).message }, { cause: error })
  }
}

const demo = async (signal: AbortSignal): Promise<void> => {
  const { once, json, keep: keepIn } = readOptions()
  const began = systemClock.monoMs()
  tell('demo.title', { cameras: 4 })
  if (!isRoot) tell('demo.noRoot')
  tell('demo.starting')
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new MatthanError('busy', 'base.interrupted')), { once: true })
  })
  interrupted.catch(() => {})
  const fleet = await createFleet({ boxes: 1, cameras: ['h264', 'h264', 'h265', 'h264+g711'], segmentSeconds })
  let proven = false
  try {
    const { folder, ca } = await Promise.race([story(fleet, { keepIn }), interrupted])
    proven = true
    tell('demo.took', { seconds: Math.round((systemClock.monoMs() - began) / 1000) })
    const box = fleet.boxes[0]!
    if (json) process.stdout.write(`${addressLine(fleet, box, ca)}\n`)
    if (!once) {
      whatToTry(fleet, box, folder, ca)
      await interrupted.catch(() => {})
    }
  } finally {
    tell('demo.stopping')
    await fleet.stop({ keep: !proven && !signal.aborted })
  }
}

type BoxAtCentre = { heartbeat?: { channels: { state: string }[] }; retention: { viewpointId: string }[] }

await runProgram(demo)
