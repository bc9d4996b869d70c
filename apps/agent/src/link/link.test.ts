import { newId } from '@matthan/base/id'
import { makeLog } from '@matthan/base/log'
import { limits } from '@matthan/protocol/limits'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Identity } from '../identity/identity.ts'
import { makeSpool } from '../spool/spool.ts'
import { metaTable } from '../store/meta.ts'
import { openAgentStore } from '../store/open.ts'
import { spoolTable } from '../store/spool.ts'
import { fakeCentre } from '../testing/fake_centre.ts'
import { type FakeClock, fakeClock } from '../testing/fake_clock.ts'
import { type Link, makeLink } from './link.ts'

const settled = () => new Promise(resolve => setImmediate(resolve))
const boxId = newId()

const makeBox = (clock: FakeClock, centre: ReturnType<typeof fakeCentre>) => {
  const store = openAgentStore(':memory:')
  const meta = metaTable(store)
  const orders: string[] = []
  let timeKnown = 0
  let link: Link | undefined
  const spool = makeSpool({
    table: spoolTable(store),
    clock,
    synchronised: () => true,
    appended: () => link?.changed()
  })
  const stop = new AbortController()
  link = makeLink({
    identity: { boxId, mqttUrl: 'mqtts://centre:8883' } as Identity,
    drain: spool,
    meta,
    clock,
    bootId: 'boot',
    log: makeLog('test', 'silent'),
    openWire: centre.openWire,
    at: () => ({ ms: clock.nowMs(), clock: 'box', synchronised: true }),
    hello: () => ({ agentVersion: 'test', configVersion: 0, ordersKnown: [] }),
    pulse: () => ({ upSeconds: 1, cpuPercent: 0, memoryFreeBytes: 1, load1: 0, channels: [] }),
    ordered: message => orders.push(Buffer.from(message).toString()),
    timeKnown: () => {
      timeKnown++
    }
  })
  const { run } = link
  const running = run(stop.signal)
  return {
    store,
    meta,
    spool,
    link,
    orders,
    known: () => timeKnown,
    epochOf: (lane: 'urgent' | 'routine') => spool.lanes().find(one => one.lane === lane)!.epoch,
    urgent: (n = 1) => {
      for (let i = 0; i < n; i++)
        spool.append('condition', { code: 'recorderDown', subjectId: boxId, raised: true, sinceMs: i, details: {} })
    },
    routine: (n = 1) => {
      for (let i = 0; i < n; i++)
        spool.append('clock', {
          subject: 'box',
          offsetMs: i,
          uncertaintyMs: 1,
          reference: 'centre',
          method: 'ack',
          synchronised: true
        })
    },
    stop: async () => {
      stop.abort()
      await running
      store.close()
    }
  }
}

describe('the link', () => {
  let clock: FakeClock
  let centre: ReturnType<typeof fakeCentre>
  let box: ReturnType<typeof makeBox>
  beforeEach(async () => {
    clock = fakeClock()
    centre = fakeCentre({ nowMs: () => clock.nowMs() - 5000 })
    box = makeBox(clock, centre)
    await settled()
  })
  afterEach(() => box.stop())

  it('says hello with both lanes, then a heartbeat', () => {
    expect(centre.sent.map(one => one.channel)).toEqual(['hello', 'heartbeat'])
    expect(centre.hellos()[0]!.lanes).toEqual([
      { lane: 'urgent', epoch: box.epochOf('urgent'), firstSeq: 1, lastSeq: 0 },
      { lane: 'routine', epoch: box.epochOf('routine'), firstSeq: 1, lastSeq: 0 }
    ])
  })

  it('beats every half a minute, more or less', async () => {
    await clock.pass(10 * 60_000)
    const beats = centre.sent.filter(one => one.channel === 'heartbeat').length
    expect(beats).toBeGreaterThan(15)
    expect(beats).toBeLessThan(27)
  })

  it('sends a record at once, and lets it go when the centre has it', async () => {
    box.urgent()
    await settled()
    expect(centre.seqs('urgent')).toEqual([1])
    expect(box.spool.pending().records).toBe(1)
    centre.ack('urgent', box.epochOf('urgent'), 1)
    expect(box.spool.pending().records).toBe(0)
  })

  it('brings what waited for days in order, urgent before routine, within the window', async () => {
    centre.setReachable(false)
    await settled()
    box.routine(200)
    box.urgent(150)
    await clock.pass(3 * 24 * 3600_000)
    expect(centre.envelopes()).toEqual([])
    centre.setReachable(true)
    while (!centre.connected()) await clock.pass(1000)
    const acked = { urgent: 0, routine: 0 }
    for (let turn = 0; turn < 50 && box.spool.pending().records > 0; turn++) {
      await settled()
      for (const lane of ['urgent', 'routine'] as const) {
        const last = centre.seqs(lane).at(-1) ?? 0
        expect(last - acked[lane]).toBeLessThanOrEqual(limits.windowRecords)
        if (lane === 'routine' && last > 0) expect(centre.seqs('urgent').at(-1)).toBe(150)
        acked[lane] = last
        centre.ack(lane, box.epochOf(lane), last)
      }
    }
    expect(box.spool.pending().records).toBe(0)
    expect(centre.seqs('urgent')).toEqual(Array.from({ length: 150 }, (_, i) => i + 1))
    expect(centre.seqs('routine')).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
  })

  it('keeps a window of 96 KiB too, whatever the number of records', async () => {
    const params = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, 'x'.repeat(290)]))
    for (let i = 0; i < 40; i++)
      box.spool.append('condition', {
        code: 'recorderDown',
        subjectId: boxId,
        raised: true,
        sinceMs: i,
        details: params
      })
    await settled()
    const bytes = centre.envelopes().reduce((sum, one) => sum + Buffer.byteLength(JSON.stringify(one)), 0)
    expect(bytes).toBeLessThanOrEqual(limits.windowBytes)
    expect(centre.seqs('urgent').length).toBeGreaterThan(5)
    expect(centre.seqs('urgent').length).toBeLessThan(40)
  })

  it('sends again from the last acknowledgement after the connection was cut', async () => {
    box.urgent(5)
    await settled()
    centre.ack('urgent', box.epochOf('urgent'), 2)
    const back = centre.nextConnection()
    centre.cut()
    await settled()
    await clock.pass(5000)
    await back
    await settled()
    expect(centre.seqs('urgent')).toEqual([1, 2, 3, 4, 5, 3, 4, 5])
    expect(centre.hellos().at(-1)!.lanes[0]).toMatchObject({ firstSeq: 3, lastSeq: 5 })
  })

  it('opens a new connection when the centre is silent about what was sent', async () => {
    box.urgent()
    const back = centre.nextConnection()
    await clock.pass(45_000)
    await back
    expect(centre.hellos()).toHaveLength(2)
    expect(centre.seqs('urgent')).toEqual([1, 1])
  })

  it('ignores an acknowledgement of another epoch or for a spool of the past', async () => {
    box.urgent()
    await settled()
    centre.ack('urgent', newId(), 1)
    centre.ack('routine', box.epochOf('urgent'), 1)
    centre.give('ack', 'no json')
    centre.give('ack', { v: 1 })
    expect(box.spool.pending().records).toBe(1)
    expect(centre.connected()).toBe(true)
  })

  it('is on hold-only while a centre from before answers, and lets nothing go for its word', async () => {
    centre.setEpoch(4)
    box.urgent(2)
    await settled()
    centre.ack('urgent', box.epochOf('urgent'), 1)
    centre.setEpoch(3)
    centre.ack('urgent', box.epochOf('urgent'), 2)
    expect(box.meta.get('holdOnly')).toBe(true)
    expect(box.spool.pending().records).toBe(1)
    centre.setEpoch(5)
    centre.ack('urgent', box.epochOf('urgent'), 2)
    expect(box.meta.get('holdOnly')).toBe(false)
    expect(box.meta.get('largestCentreEpoch')).toBe(5)
    expect(box.spool.pending().records).toBe(0)
  })

  it('knows its clock against the centre from an acknowledgement, also after a step', async () => {
    expect(box.link.clock()).toBeUndefined()
    box.urgent()
    await settled()
    await clock.pass(200)
    centre.ack('urgent', box.epochOf('urgent'), 1)
    expect(box.known()).toBe(1)
    // The centre is 5 s behind; it answered at the end of a round trip of 200 ms.
    expect(box.link.clock()!.offsetMs).toBeCloseTo(4900, 0)
    expect(box.link.clock()!.uncertaintyMs).toBeCloseTo(101, 0)
    clock.step(-3600_000)
    expect(box.link.clock()!.offsetMs).toBeCloseTo(4900 - 3600_000, 0)
  })

  it('prefers the surer comparison, until its age has eaten the difference', async () => {
    const roundTrip = async (ms: number) => {
      box.urgent()
      await settled()
      await clock.pass(ms)
      centre.ack('urgent', box.epochOf('urgent'), box.spool.lanes()[0]!.lastSeq)
    }
    await roundTrip(20)
    await roundTrip(1000)
    expect(box.link.clock()!.uncertaintyMs).toBeLessThan(13)
    await clock.pass(3 * 3600_000)
    await roundTrip(1000)
    expect(box.link.clock()!.uncertaintyMs).toBeCloseTo(501, 0)
  })

  it('hands orders on as they came, and says goodbye when it is stopped', async () => {
    centre.give('order', '{"payload":"x"}')
    expect(box.orders).toEqual(['{"payload":"x"}'])
    await box.stop()
    expect(centre.sent.at(-1)).toEqual({ channel: 'bye', message: { v: 1, reason: 'stopping' } })
    box = makeBox(clock, centre)
  })
})
