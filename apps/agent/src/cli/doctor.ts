import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { withDeadline } from '@matthan/base/clock'
import { sayError } from '@matthan/base/error'
import type { Params, TextKey } from '@matthan/base/text/say'
import { table } from '@matthan/base/text/table'
import { sayBytes } from '@matthan/base/text/units'
import type { Box } from '../box.ts'
import { type OwnIdentity, readIdentity } from '../identity/files.ts'
import { tlsLife } from '../identity/renewal.ts'
import { tlsOptions } from '../link/wire.ts'
import { floorOf } from '../retention/cleaner.ts'
import { answer, type Context, paint, tell, withBox } from './context.ts'

const deadlineMs = 10_000
const dayMs = 24 * 3600_000
const statusStaleMs = 10_000

/** One thing that is looked at: it is right, with a detail, or throws. What to do stands under `<key>Do`. */
type Check = { key: TextKey; doKey: TextKey; params?: Params; look(): Promise<string> }

/** Whether the centre's broker takes this box's certificate; no MQTT is spoken, so a running agent is not disturbed. */
const shakeHands = (identity: OwnIdentity, url: string): Promise<string> =>
  withDeadline(
    deadlineMs,
    signal =>
      new Promise((resolve, reject) => {
        const socket = connect(tlsOptions(identity, url))
        signal.addEventListener('abort', () => socket.destroy(), { once: true })
        socket.once('error', reject)
        socket.once('secureConnect', () => {
          resolve(socket.getProtocol() ?? '')
          socket.destroy()
        })
      })
  )

const fail = (detail: string): never => {
  throw new Error(detail)
}

const checksOf = (context: Context, box: Box, synchronised: () => boolean): Check[] => {
  const { footageFolder } = box.config
  return [
    {
      key: 'agent.doctorClock',
      doKey: 'agent.doctorClockDo',
      look: async () => (synchronised() ? '' : fail(''))
    },
    {
      key: 'agent.doctorFootage',
      doKey: 'agent.doctorFootageDo',
      params: { folder: footageFolder },
      look: async () => {
        const probe = join(footageFolder, 'requests', `.${randomUUID()}`)
        await writeFile(probe, '')
        await rm(probe)
        return (await box.space()).mount
      }
    },
    {
      key: 'agent.doctorSpace',
      doKey: 'agent.doctorSpaceDo',
      look: async () => {
        const { freeBytes, totalBytes } = await box.space()
        const detail = tell(context, 'agent.doctorBytesFree', {
          free: sayBytes(context.language, freeBytes),
          total: sayBytes(context.language, totalBytes)
        })
        return freeBytes >= floorOf(totalBytes) / 2 ? detail : fail(detail)
      }
    },
    {
      key: 'agent.doctorRecorder',
      doKey: 'agent.doctorRecorderDo',
      look: async () => {
        const view = await box.client.status()
        return view && view.ageMs <= statusStaleMs ? `pid ${view.status.pid}` : fail('')
      }
    },
    ...box.cameras
      .all()
      .filter(camera => camera.removedMs === undefined)
      .map(
        ({ channelId, name }): Check => ({
          key: 'agent.doctorCamera',
          doKey: 'agent.doctorCameraDo',
          params: { name },
          look: async () => {
            const { streams } = await box.access.probe(channelId, { deadlineMs, signal: context.signal })
            return streams.map(one => `${one.codec} ${one.width}×${one.height}`).join(', ')
          }
        })
      )
  ]
}

const centreChecks = (context: Context, identity: OwnIdentity): Check[] => [
  {
    key: 'agent.doctorCertificate',
    doKey: 'agent.doctorCertificateDo',
    look: async () => {
      const days = Math.floor((tlsLife(identity).toMs - context.clock.nowMs()) / dayMs)
      const detail = tell(context, 'agent.doctorDaysLeft', { days })
      return days >= 0 ? detail : fail(detail)
    }
  },
  ...[identity.mqttUrl, identity.deviceUrl].map(
    (url): Check => ({
      key: 'agent.doctorLink',
      doKey: 'agent.doctorLinkDo',
      params: { url },
      look: () => shakeHands(identity, url)
    })
  )
]

type Result = { check: string; ok: boolean; detail: string; whatToDo: string }

/** One line for each check, and under what is not right what to do about it. */
const linesOf = (context: Context, results: readonly Result[]): string[] => {
  const rows = results.map(({ check, ok, detail }) => [
    ok
      ? ({ text: tell(context, 'agent.doctorGood'), colour: 'green' } as const)
      : ({ text: tell(context, 'agent.doctorBad'), colour: 'red' } as const),
    detail ? `${check}: ${detail}` : check
  ])
  const [, ...lines] = table(['', ''], rows, paint())
  return lines.flatMap((line, i) => [line, ...(results[i]?.whatToDo ? [`      → ${results[i].whatToDo}`] : [])])
}

/** Looks at one thing after the other, says what to do about what is not right, and ends with 0 or 1. */
export const doctor = async (context: Context): Promise<void> => {
  await withBox(context, async (box, synchronised) => {
    const results: Result[] = []
    const look = async ({ key, doKey, params = {}, look }: Check): Promise<void> => {
      const check = tell(context, key, params)
      try {
        results.push({ check, ok: true, detail: await look(), whatToDo: '' })
      } catch (error) {
        const detail = error instanceof Error && error.message === '' ? '' : sayError(error, context.language).message
        results.push({ check, ok: false, detail, whatToDo: tell(context, doKey, params) })
      }
    }
    for (const check of checksOf(context, box, synchronised)) await look(check)
    let identity: OwnIdentity | undefined
    const enrolled = async () => {
      identity = await readIdentity(context.dataFolder)
      return identity.name
    }
    await look({ key: 'agent.doctorEnrolled', doKey: 'agent.doctorEnrolledDo', look: enrolled })
    for (const check of identity ? centreChecks(context, identity) : []) await look(check)

    const good = results.filter(one => one.ok).length
    const lines = linesOf(context, results)
    const summary = tell(context, 'agent.doctorSummary', { good, checks: results.length })
    answer(context, { ok: good === results.length, checks: results }, [...lines, summary])
    if (good < results.length) process.exitCode = 1
  })
}
