import type { Identity } from '@matthan/agent/identity/identity'
import { makeOpenWire, type Wire } from '@matthan/agent/link/wire'
import { type EmbeddedBroker, startBroker } from '@matthan/control/broker/embedded'
import { type House, listenerTls, makeHouse, type TestBox } from '@matthan/control/identity/testing/house'
import type { UpChannel } from '@matthan/protocol/topics'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

type Heard = { boxId: string; channel: UpChannel; text: string }

/** The box's end of the wire against the centre's real broker: mTLS, access rules and all. */
describe('the wire of a box', () => {
  let house: House
  let broker: EmbeddedBroker
  let box: TestBox
  const heard: Heard[] = []
  const waiting: { wants(one: Heard): boolean; resolve(one: Heard): void }[] = []

  const hears = (wants: (one: Heard) => boolean): Promise<Heard> =>
    new Promise(resolve => {
      const known = heard.find(wants)
      if (known) resolve(known)
      else waiting.push({ wants, resolve })
    })

  beforeAll(async () => {
    house = await makeHouse()
    box = await house.makeBox('Phường 1')
    broker = await startBroker({
      tls: listenerTls(house.identity),
      bind: '127.0.0.1',
      port: 0,
      checkPeer: house.identity.register.checkPeer,
      clock: house.clock,
      log: house.log,
      onMessage: (boxId, channel, bytes) => {
        const one = { boxId, channel, text: Buffer.from(bytes).toString() }
        heard.push(one)
        for (const each of waiting) if (each.wants(one)) each.resolve(one)
      },
      onOnline: () => {},
      onOffline: () => {}
    })
  })
  afterAll(async () => {
    await broker.close()
    await house.close()
  })

  const identityOf = (tls: TestBox['tls']): Identity =>
    ({ boxId: box.boxId, tls, ca: tls.ca, mqttUrl: `mqtts://127.0.0.1:${broker.port}` }) as unknown as Identity
  const open = (
    openWire = makeOpenWire(),
    received: Parameters<typeof openWire>[0]['received'] = () => {}
  ): Promise<Wire> => openWire({ identity: identityOf(box.tls), signal: new AbortController().signal, received })

  it('is ready for both directions when it is open', async () => {
    const got: string[] = []
    const rung = Promise.withResolvers<void>()
    const wire = await open(makeOpenWire(), (channel, bytes) => {
      got.push(`${channel} ${Buffer.from(bytes)}`)
      rung.resolve()
    })
    wire.publish('fact', '{"n":1}')
    expect(await hears(one => one.text === '{"n":1}')).toMatchObject({ boxId: box.boxId, channel: 'fact' })
    expect(await broker.publish(box.boxId, 'ack', Buffer.from('{"a":1}'))).toBe(true)
    await rung.promise
    expect(got).toEqual(['ack {"a":1}'])
    await wire.close(true)
    await wire.closed
  })

  it('leaves a will behind when it is cut, and none when it says goodbye', async () => {
    heard.length = 0
    const polite = await open()
    polite.publish('bye', '{"v":1,"reason":"stopping"}')
    await polite.close(true)
    await hears(one => one.channel === 'bye')
    const rude = await open()
    await rude.close(false)
    await hears(one => one.text.includes('lost'))
    expect(heard.filter(one => one.channel === 'bye').map(one => one.text)).toEqual([
      '{"v":1,"reason":"stopping"}',
      '{"v":1,"reason":"lost"}'
    ])
  })

  it('comes back with the ticket of the connection before, and is checked all the same', async () => {
    const openWire = makeOpenWire()
    const first = await open(openWire)
    // A message there and back: by then the ticket has come.
    const rung = first.closed
    await first.close(true)
    await rung
    const second = await open(openWire)
    second.publish('fact', '{"n":2}')
    await hears(one => one.text === '{"n":2}')
    await second.close(true)
  })

  it('tells when the centre has cut it', async () => {
    const wire = await open()
    broker.cut(box.boxId, 'test')
    await wire.closed
    // Nothing is kept for a wire that is gone.
    wire.publish('fact', '{"n":3}')
    expect(heard.some(one => one.text === '{"n":3}')).toBe(false)
  })

  it('does not open to a server of another authority, nor without a certificate of the centre', async () => {
    const stranger = await makeHouse()
    const other = await stranger.makeBox('Phường 2')
    const openWire = makeOpenWire()
    const signal = new AbortController().signal
    const foreignCa = { ...identityOf(box.tls), ca: other.tls.ca }
    await expect(openWire({ identity: foreignCa, signal, received: () => {} })).rejects.toMatchObject({
      kind: 'unreachable',
      key: 'agent.centreUnreachable'
    })
    const foreign = { ...identityOf({ ...other.tls, ca: box.tls.ca }) }
    await expect(openWire({ identity: foreign, signal, received: () => {} })).rejects.toMatchObject({
      kind: 'unreachable'
    })
    await stranger.close()
  })

  it('stops opening when it is told to', async () => {
    const stop = new AbortController()
    const opening = makeOpenWire()({ identity: identityOf(box.tls), signal: stop.signal, received: () => {} })
    stop.abort()
    await expect(opening).rejects.toMatchObject({ kind: 'unreachable' })
  })
})
