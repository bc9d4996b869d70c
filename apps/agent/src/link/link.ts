import type { Clock } from '@matthan/base/clock'
import { MatthanError, toWire } from '@matthan/base/error'
import type { Log } from '@matthan/base/log'
import { backOff, runForever } from '@matthan/base/retry'
import { Ack, type Heartbeat, type Hello, type Progress } from '@matthan/protocol/envelope'
import { limits } from '@matthan/protocol/limits'
import { readMessage } from '@matthan/protocol/read'
import type { At } from '@matthan/protocol/scalars'
import type { DownChannel } from '@matthan/protocol/topics'
import { protocolVersion } from '@matthan/protocol/version'
import { type ClockOffset, makeCentreClock } from '../clock/centre.ts'
import type { Identity } from '../identity/identity.ts'
import type { Pending, SpoolDrain } from '../spool/spool.ts'
import type { Meta, MetaValues } from '../store/meta.ts'
import { makeSender, type Sender } from './sender.ts'
import type { OpenWire, Wire } from './wire.ts'

/** What the rooms of the box contribute to a heartbeat; the link adds the rest. */
export type BoxPulse = Omit<Heartbeat, 'v' | 'at' | 'clockOffsetMs' | 'clockUncertaintyMs' | 'spool' | 'roundTripMs'>

export type LinkState = MetaValues['link']

export type Link = {
  /** Holds a connection to the centre until the signal fires. */
  run(signal: AbortSignal): Promise<void>
  /** The spool has something new: sends it when there is a connection and room. */
  changed(): void
  /** Tells how far an order is, if there is a connection. */
  progress(progress: Omit<Progress, 'v' | 'at'>): void
  /** Undefined until the centre has answered in this boot. */
  clock(): ClockOffset | undefined
  /** The centre's time now, from its last answer and monotonic time. */
  centreNowMs(): number | undefined
  state(): LinkState
}

const noAckMs = 30_000
const watchEveryMs = 5000

/**
 * The box's side of MQTT: hello, the two lanes with their windows, orders down, heartbeats up (0-decisions, Wire).
 * All that must not be lost is in the spool; a connection is only a doorbell.
 */
export const makeLink = (options: {
  identity: Identity
  drain: SpoolDrain & { pending(): Pending }
  meta: Meta
  clock: Clock
  bootId: string
  log: Log
  openWire: OpenWire
  /** I8: this instant of the box's clock. */
  at(): At
  hello(): Pick<Hello, 'agentVersion' | 'configVersion' | 'ordersKnown'>
  pulse(): BoxPulse | Promise<BoxPulse>
  /** A signed order as it came; not checked. */
  ordered(message: Uint8Array): void
  /** The centre's time is known from now on, in this boot. */
  timeKnown(): void
}): Link => {
  const { identity, drain, meta, clock, log } = options
  const centreClock = makeCentreClock({ clock, meta, bootId: options.bootId })
  const wait = backOff(1000, 60_000)
  let state: LinkState = { state: 'offline', sinceMs: clock.nowMs() }
  let current: { wire: Wire; sender: Sender; helloMonoMs: number } | undefined
  let roundTripMs: number | undefined
  let pumpQueued = false

  const setState = (next: Omit<LinkState, 'sinceMs'>): void => {
    if (next.state === state.state && JSON.stringify(next.error) === JSON.stringify(state.error)) return
    const sinceMs = next.state === state.state ? state.sinceMs : clock.nowMs()
    state = { ...next, sinceMs }
    meta.set('link', state)
  }

  /** False when this is a centre from before one that was seen: then nothing of ours may be let go for its word. */
  const knowsEpoch = (centreEpoch: number): boolean => {
    const largest = meta.get('largestCentreEpoch') ?? 0
    const old = centreEpoch < largest
    if (centreEpoch > largest) meta.set('largestCentreEpoch', centreEpoch)
    if (old !== (meta.get('holdOnly') ?? false)) {
      meta.set('holdOnly', old)
      log.warn({ centreEpoch, largest, holdOnly: old }, 'centre epoch')
    }
    return !old
  }

  const acknowledged = (bytes: Uint8Array): void => {
    const ack = readMessage('ack', Ack, bytes)
    if (!current || !knowsEpoch(ack.centreEpoch)) return
    const known = centreClock.nowMs() !== undefined
    const answered = current.sender.acknowledged(ack.lane, ack.epoch, ack.seq)
    if (!answered) {
      log.warn({ lane: ack.lane, epoch: ack.epoch, seq: ack.seq }, 'acknowledgement of another spool')
      return
    }
    const sentMonoMs = answered.sentMonoMs ?? current.helloMonoMs
    if (answered.sentMonoMs !== undefined) roundTripMs = clock.monoMs() - sentMonoMs
    centreClock.answered(sentMonoMs, ack.centreTimeMs)
    wait.reset()
    if (!known) options.timeKnown()
    current.sender.pump()
  }

  const received = (channel: DownChannel, bytes: Uint8Array): void => {
    try {
      if (channel === 'ack') acknowledged(bytes)
      else if (channel === 'order') options.ordered(bytes)
      else log.debug({ channel, bytes: bytes.length }, 'nothing listens to this channel yet')
    } catch (error) {
      log.warn({ channel, err: error }, 'message refused')
    }
  }

  const sayHello = (wire: Wire): void => {
    const hello: Hello = {
      ...options.hello(),
      v: protocolVersion,
      bootId: options.bootId,
      at: options.at(),
      lanes: drain.lanes().map(({ lane, epoch, acked, lastSeq }) => ({ lane, epoch, firstSeq: acked + 1, lastSeq })),
      lastOrderSeq: meta.get('lastOrderSeq') ?? 0
    }
    wire.publish('hello', JSON.stringify(hello))
  }

  const heartbeat = async (): Promise<Heartbeat> => {
    const offset = centreClock.offset()
    return {
      ...(await options.pulse()),
      v: protocolVersion,
      at: options.at(),
      spool: drain.pending(),
      ...(offset ? { clockOffsetMs: offset.offsetMs, clockUncertaintyMs: offset.uncertaintyMs } : {}),
      ...(roundTripMs === undefined ? {} : { roundTripMs })
    }
  }

  const beat = async (wire: Wire, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await heartbeat().then(
        message => wire.publish('heartbeat', JSON.stringify(message)),
        error => log.warn({ err: error }, 'heartbeat failed')
      )
      await clock.sleep(limits.heartbeatEveryMs * (0.8 + Math.random() * 0.4), signal).catch(() => {})
    }
  }

  const connectOnce = async (outer: AbortSignal): Promise<void> => {
    const ended = new AbortController()
    const signal = AbortSignal.any([outer, ended.signal])
    const wire = await options.openWire({ identity, signal, received })
    try {
      const sender = makeSender({ drain, clock, publish: (channel, message) => wire.publish(channel, message) })
      current = { wire, sender, helloMonoMs: clock.monoMs() }
      setState({ state: 'online' })
      log.info({ url: identity.mqttUrl }, 'online')
      sayHello(wire)
      sender.pump()
      void beat(wire, signal)
      let stuck = false
      clock.every(
        watchEveryMs,
        () => {
          sender.pump()
          stuck = sender.waitedMs() > noAckMs
          if (stuck) void wire.close(false)
        },
        signal
      )
      const stopped = new Promise<undefined>(resolve => {
        outer.addEventListener('abort', () => resolve(undefined), { once: true })
      })
      const reason = await Promise.race([wire.closed, stopped])
      if (outer.aborted) return
      throw stuck
        ? new MatthanError('unreachable', 'agent.centreSilent')
        : new MatthanError('unreachable', 'agent.centreUnreachable', { reason: reason?.message ?? 'closed' })
    } finally {
      current = undefined
      if (outer.aborted) wire.publish('bye', JSON.stringify({ v: protocolVersion, reason: 'stopping' }))
      await wire.close(outer.aborted)
      ended.abort()
    }
  }

  return {
    run: async signal => {
      await runForever({
        clock,
        signal,
        wait,
        runOnce: () => connectOnce(signal),
        failed: thrown => {
          const error = toWire(thrown)
          if (JSON.stringify(error) !== JSON.stringify(state.error)) log.warn({ err: thrown }, 'offline')
          setState({ state: 'offline', error })
        }
      })
      setState({ state: 'offline' })
    },
    changed: () => {
      // After the transaction that appended: a microtask runs when its synchronous caller is done.
      if (pumpQueued || !current) return
      pumpQueued = true
      queueMicrotask(() => {
        pumpQueued = false
        current?.sender.pump()
      })
    },
    progress: progress => {
      current?.wire.publish('progress', JSON.stringify({ ...progress, v: protocolVersion, at: options.at() }))
    },
    clock: centreClock.offset,
    centreNowMs: centreClock.nowMs,
    state: () => state
  }
}
