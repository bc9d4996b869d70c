import type { Clock } from '@matthan/base/clock'
import { watchDiscipline } from '@matthan/base/discipline'
import { makeFolder } from '@matthan/base/files'
import type { Log } from '@matthan/base/log'
import type { DownChannel } from '@matthan/protocol/topics'
import { startOfflineWatch } from './alerts/offline.ts'
import type { Context } from './api/procedure.ts'
import { makeRouter } from './api/router.ts'
import type { Broker } from './broker/broker.ts'
import { startBroker } from './broker/embedded.ts'
import { type Clips, makeClips } from './clips/clips.ts'
import { type ControlConfig, placesIn } from './config.ts'
import { type Dispatcher, startDispatcher } from './dispatch/dispatcher.ts'
import { startListeners } from './http/listeners.ts'
import { type Identity, openIdentity } from './identity/identity.ts'
import { startIngest } from './ingest/ingest.ts'
import { makePresence } from './presence.ts'
import { setAllOffline, setOnline } from './store/boxes.ts'
import { lockFolder } from './store/lock.ts'
import { type ControlStore, openControlStore } from './store/open.ts'
import { openVault } from './vault-parts.ts'

/** Where the centre is reached, as boxes and people are told. */
export type Addresses = { web: string; device: string; mqtt: string; join: string }

export type Control = {
  addresses: Addresses
  dataFolder: string
  rootSha256: string
  /** For the fleet of the tests; the cli and the web go through the API. */
  store: ControlStore
  identity: Identity
  dispatcher: Dispatcher
  clips: Clips
  broker: Broker
  close(): Promise<void>
}

type Options = { folder: string; config: ControlConfig; clock: Clock; log: Log }

const renewEveryMs = 3600_000

/** The composition root: the one place that sees every room. What it opened is closed again when a later part fails. */
export const startControl = async (options: Options): Promise<Control> => {
  const stop = new AbortController()
  const closing: (() => unknown)[] = []
  // Against the stream: nobody new comes in, what came in is finished, then the store closes.
  const close = async (): Promise<void> => {
    stop.abort()
    for (const step of closing.splice(0).reverse()) await step()
  }
  try {
    return { ...(await compose(options, stop.signal, step => closing.push(step))), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** @param opened is told how to close each part, in the order of opening. */
const compose = async (
  { folder, config, clock, log }: Options,
  signal: AbortSignal,
  opened: (close: () => unknown) => void
): Promise<Omit<Control, 'close'>> => {
  const places = placesIn(folder)
  opened(lockFolder(places.lock, folder))
  const store = openControlStore(places.store, clock)
  opened(() => store.close())
  await store.write((trx, note) => setAllOffline(trx, note))
  const failed = (what: string) => (error: unknown) => log.error({ err: error }, what)

  const addresses: Addresses = { web: '', device: '', mqtt: '', join: '' }
  const identity = await openIdentity({
    folder,
    name: config.name,
    hosts: config.hosts,
    urls: () => ({ mqttUrl: addresses.mqtt, deviceUrl: addresses.device }),
    store,
    clock,
    log
  })
  const { authority, register, enrolment, renewal, tickets } = identity
  const tls = () => ({
    ...authority.serverTls,
    ca: [authority.issuingPem, authority.rootPem],
    ticketKeys: tickets.keys
  })

  const discipline = watchDiscipline({ clock, signal })
  await discipline.first
  await makeFolder(places.vault, 0o700)
  const vault = await openVault({
    folder: places.vault,
    organisation: config.name,
    synchronised: () => discipline.now() !== 'none',
    store,
    authority,
    clock,
    log,
    signal
  })
  opened(() => vault.close())

  const presence = makePresence({
    moved: async (boxId, isHere) => {
      await store.write((trx, note) => setOnline(trx, note, boxId, isHere, clock.nowMs()))
      await clips.boxOnline(boxId, isHere)
      if (isHere) await watch.online(boxId)
    },
    failed: failed('presence')
  })
  const { isOnline } = presence
  const send = (boxId: string, channel: DownChannel, message: object): Promise<boolean> =>
    broker.publish(boxId, channel, Buffer.from(JSON.stringify(message)))
  const dispatcher = startDispatcher(
    {
      store,
      clock,
      log,
      commandKey: authority.command,
      publish: (boxId, order) => send(boxId, 'order', order),
      isOnline,
      onEnded: (work, order, end) => clips.orderEnded(work, order, end),
      onProgress: (order, progress) => clips.orderProgress(order, progress)
    },
    signal
  )
  const { orderWithin, cancelWithin } = dispatcher
  const clips = makeClips({ store, clock, isOnline, orderWithin, cancelWithin })
  const watch = await startOfflineWatch({ store, clock, log, isOnline }, signal)
  const ingest = startIngest(
    {
      store,
      clock,
      log,
      settle: dispatcher.settle,
      acknowledge: (boxId, ack) => void send(boxId, 'ack', ack).catch(failed('ackNotSent')),
      cut: (boxId, reason) => broker.cut(boxId, reason),
      onHello: dispatcher.hello,
      onProgress: dispatcher.progress
    },
    signal
  )
  opened(() => dispatcher.idle())
  opened(() => presence.close())
  opened(() => ingest.close())
  const broker = await startBroker({
    tls: tls(),
    bind: config.bind,
    port: config.ports.mqtt,
    checkPeer: register.checkPeer,
    clock,
    log,
    onMessage: ingest.message,
    onOnline: presence.came,
    onOffline: boxId => {
      watch.offline(boxId)
      presence.went(boxId)
    }
  })
  opened(() => broker.close())

  const router = makeRouter({
    store,
    nowMs: clock.nowMs,
    makeCode: enrolment.makeCode,
    revokeBox: register.revoke,
    requestClip: clips.request,
    cancelClip: clips.cancel,
    giveOrder: dispatcher.order,
    progressOf: dispatcher.progressOf,
    vaultFolder: places.vault,
    centre: () => ({ name: config.name, rootSha256: authority.rootSha256, dataFolder: folder, addresses }),
    signal
  })
  const listeners = await startListeners({
    bind: config.bind,
    ports: config.ports,
    socket: places.socket,
    tls: tls(),
    consoleContext: (): Context => ({ actor: { kind: 'console' } }),
    webContext: (): Context => ({ actor: { kind: 'nobody' } }),
    router,
    ready: () => !signal.aborted,
    checkPeer: register.checkPeer,
    renew: renewal.renew,
    recover: renewal.recover,
    redeem: enrolment.redeem,
    mountUploads: vault.mountUploads,
    clock,
    log
  })
  opened(() => listeners.close())

  register.onRevoked(boxId => {
    broker.cut(boxId, 'revoked')
    listeners.cut(boxId)
    dispatcher.boxRevoked(boxId).catch(failed('ordersOfRevokedBox'))
  })
  const renewDue = async (): Promise<void> => {
    const changed = [await authority.renewDue(), await tickets.renewDue()]
    if (!changed.includes(true)) return
    broker.useTls(tls())
    listeners.useTls(tls())
  }
  clock.every(renewEveryMs, () => renewDue().catch(failed('renewal')), signal)

  // The first host is the one that boxes are told (config).
  const first = config.hosts[0] ?? 'localhost'
  const host = first.includes(':') ? `[${first}]` : first
  addresses.web = `https://${host}:${listeners.ports.web}`
  addresses.device = `https://${host}:${listeners.ports.device}`
  addresses.join = `https://${host}:${listeners.ports.join}`
  addresses.mqtt = `mqtts://${host}:${broker.port}`
  return { addresses, dataFolder: folder, rootSha256: authority.rootSha256, store, identity, dispatcher, clips, broker }
}
