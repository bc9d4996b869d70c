import { type Clock, bootId as readBootId } from '@matthan/base/clock'
import { watchDiscipline } from '@matthan/base/discipline'
import type { Log } from '@matthan/base/log'
import { openSecret, readSecretKey } from '@matthan/base/secret'
import { makeClockWatch } from '@matthan/media/anchor'
import type { RecorderChannel, RecorderConfig, RecorderStatus } from '@matthan/protocol/recording'
import { type Channel, startChannel } from './channels/channel.ts'
import type { Surroundings } from './channels/run.ts'
import { readConfig, watchConfig } from './config.ts'
import { openJournal } from './journal/journal.ts'
import { prepareLayout } from './layout.ts'
import { makeQueue } from './queue.ts'
import { endOrphans } from './reconcile/orphans.ts'
import { reconcile } from './reconcile/reconcile.ts'
import { serveRequests } from './requests/requests.ts'
import { beTheOnlyOne } from './single.ts'
import { causeSince, readStatus, writeStatus } from './status.ts'
import { makeTicker } from './ticker.ts'

export type RecorderOptions = {
  configPath: string
  footage: string
  keyPath: string
  clock: Clock
  log: Log
  signal: AbortSignal
}

/** When a fragment came is read from its file's mtime, so a slow look costs no accuracy. */
const tickMs = 1000
const ticksPerStatus = 2
/** How long a stop may wait for the last segments to be hashed and journalled. */
const drainMs = 20_000

/** The composition root: records every channel of the configuration until the signal fires. */
export const runRecorder = async ({
  configPath,
  footage,
  keyPath,
  clock,
  log,
  signal
}: RecorderOptions): Promise<void> => {
  let config = await readConfig(configPath)
  const key = readSecretKey(keyPath)
  const layout = await prepareLayout(footage)
  await beTheOnlyOne(layout.footage, signal)
  const bootId = readBootId()
  const journal = await openJournal(layout.journal, clock)
  // Its own end: timers must run until the last channel has stopped.
  const over = new AbortController()
  const closing = makeQueue(clock, log)
  const discipline = watchDiscipline({ clock, signal: over.signal })
  const synchronised = () => discipline.now() !== 'none'

  const clockWatch = makeClockWatch(clock, ({ atMs, beforeMs, deltaMs }) => {
    log.warn({ deltaMs }, 'clock stepped')
    const line = { atMs: Math.round(atMs), beforeMs: Math.max(0, Math.round(beforeMs)), deltaMs: Math.round(deltaMs) }
    closing.add(() => journal.append({ event: 'clockStepped', ...line }))
  })
  const ticker = makeTicker(clock, tickMs, over.signal)
  ticker.add(clockWatch.sample)

  const usualCause = causeSince(await readStatus(layout.status), bootId)
  const orphans = await endOrphans(layout.recordings, clock, new Set())
  if (orphans > 0) log.warn({ orphans }, 'orphans ended')
  const causes = await reconcile({ layout, journal, clock, log, bootId, synchronised })

  const around: Surroundings = {
    clock,
    clockWatch,
    ticker,
    layout,
    journal,
    closing,
    log,
    bootId,
    synchronised,
    segmentSeconds: () => config.segmentSeconds
  }
  const channels = new Map<string, { said: string; channel: Channel }>()
  const start = (said: RecorderChannel): Channel =>
    startChannel(around, {
      channel: said,
      password: () => (said.sealedPassword === undefined ? undefined : openSecret(key, said.sealedPassword)),
      firstCause: causes.get(said.channelId) ?? usualCause,
      endOrphans: async () => {
        const supervised = new Set([...channels.values()].flatMap(one => one.channel.status().pid ?? []))
        await endOrphans(layout.channelFolder(said.channelId), clock, supervised)
      }
    })

  /** Makes the running channels those of the configuration; the unchanged ones don't notice. */
  const apply = async (wanted: RecorderConfig): Promise<void> => {
    config = wanted
    const enabled = new Map(wanted.channels.filter(one => one.enabled).map(one => [one.channelId, one]))
    const changed = [...channels].filter(([id, { said }]) => said !== JSON.stringify(enabled.get(id)))
    await Promise.all(
      changed.map(async ([id, { channel }]) => {
        await channel.stop()
        channels.delete(id)
        causes.set(id, 'maintenance')
      })
    )
    for (const [id, said] of enabled) {
      if (!channels.has(id)) channels.set(id, { said: JSON.stringify(said), channel: start(said) })
    }
  }

  await apply(config)
  let applying: Promise<void> = Promise.resolve()
  watchConfig(configPath, ticker, signal, () => {
    applying = applying
      .then(() => readConfig(configPath))
      .then(apply)
      .catch(error => log.error({ error }, 'configuration not applied'))
  })
  serveRequests({
    desk: {
      layout,
      isOpen: path => [...channels.values()].some(one => one.channel.openPath() === path),
      restart: channelId => {
        const found = channels.get(channelId)
        found?.channel.restart()
        return found !== undefined
      }
    },
    clock,
    log,
    signal
  })

  const statusNow = (): RecorderStatus => ({
    v: 1,
    pid: process.pid,
    bootId,
    writtenMs: clock.nowMs(),
    writtenMonoMs: clock.monoMs(),
    synchronised: synchronised(),
    channels: config.channels.map(
      ({ channelId }) =>
        channels.get(channelId)?.channel.status() ?? { channelId, state: 'disabled', reconnects: 0, stalls: 0 }
    )
  })
  const tellStatus = () => {
    try {
      writeStatus(layout.status, statusNow())
    } catch (error) {
      log.error({ error }, 'status not written')
    }
  }
  let ticks = 0
  ticker.add(() => {
    if (ticks++ % ticksPerStatus === 0) tellStatus()
  })
  log.info({ channels: channels.size }, 'recorder started')

  await new Promise<void>(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await applying
  await Promise.all([...channels.values()].map(one => one.channel.stop()))
  const enough = new AbortController()
  void clock.sleep(drainMs, enough.signal).then(
    () => enough.abort(),
    () => {}
  )
  await closing.drain(enough.signal)
  enough.abort()
  over.abort()
  await journal.close()
  tellStatus()
  log.info('recorder stopped')
}
