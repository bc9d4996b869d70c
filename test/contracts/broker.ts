import type { Broker, BrokerEvents } from '@matthan/control/broker/broker'
import type { TestBox } from '@matthan/control/identity/testing/house'
import { downChannels, downFilter, downTopic, everyUpFilter, upChannels, upTopic } from '@matthan/protocol/topics'
import type { MqttClient } from 'mqtt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connected, ended, mqttOf } from './broker-house.ts'

/** A running implementation of the port, and boxes that may sign in to it. */
export type BrokerUnderTest = {
  broker: Broker
  port: number
  makeBox(name: string): Promise<TestBox>
  /** Nobody may sign in as this box any more; the broker is not told to cut it. */
  revoke(boxId: string): Promise<void>
  /** Refusals that were written into the log. */
  refusals(): string[]
  stop(): Promise<void>
}
type Start = (events: BrokerEvents) => Promise<BrokerUnderTest>

/** What every implementation of the broker port must do (I7; 5-security, T1). */
export const brokerContract = (name: string, start: Start): void => {
  describe(`broker contract: ${name}`, () => {
    let under: BrokerUnderTest
    let a: TestBox
    let b: TestBox
    const heard: { boxId: string; channel: string; text: string }[] = []
    const states: string[] = []
    const clients: MqttClient[] = []

    const open = async (box: TestBox, more = {}): Promise<MqttClient> => {
      const client = mqttOf(under.port, box, more)
      clients.push(client)
      await connected(client)
      return client
    }
    const refused = async (box: TestBox, more: object): Promise<void> => {
      const client = mqttOf(under.port, box, more)
      clients.push(client)
      client.on('error', () => {})
      await expect(connected(client)).rejects.toThrow()
    }

    beforeEach(async () => {
      heard.length = 0
      states.length = 0
      under = await start({
        onMessage: (boxId, channel, bytes) => void heard.push({ boxId, channel, text: Buffer.from(bytes).toString() }),
        onOnline: boxId => void states.push(`+${boxId}`),
        onOffline: boxId => void states.push(`-${boxId}`)
      })
      a = await under.makeBox('A')
      b = await under.makeBox('B')
    })
    afterEach(async () => {
      for (const client of clients.splice(0)) await client.endAsync(true)
      await under.stop()
    })

    it('hands on what a box publishes, in order, with the box of its certificate', async () => {
      const client = await open(a)
      for (const channel of upChannels) await client.publishAsync(upTopic(a.boxId, channel), channel, { qos: 1 })
      await vi.waitFor(() => expect(heard).toHaveLength(upChannels.length))
      expect(heard).toEqual(upChannels.map(channel => ({ boxId: a.boxId, channel, text: channel })))
    })

    it('brings a message to the one box that it is for', async () => {
      const got: string[] = []
      for (const box of [a, b]) {
        const client = await open(box)
        client.on('message', (topic, bytes, packet) => got.push(`${topic} ${bytes} ${packet.qos} ${packet.retain}`))
        await client.subscribeAsync(downFilter(box.boxId), { qos: 1 })
      }
      for (const channel of downChannels)
        expect(await under.broker.publish(a.boxId, channel, Buffer.from(channel))).toBe(true)
      await vi.waitFor(() => expect(got).toHaveLength(downChannels.length))
      expect(got).toEqual(downChannels.map(channel => `${downTopic(a.boxId, channel)} ${channel} 1 false`))
    })

    it('says that a message found nobody when the box is away or has not subscribed', async () => {
      expect(await under.broker.publish(a.boxId, 'ack', Buffer.from('x'))).toBe(false)
      const client = await open(a)
      expect(await under.broker.publish(a.boxId, 'ack', Buffer.from('x'))).toBe(false)
      await client.subscribeAsync(downTopic(a.boxId, 'ack'), { qos: 1 })
      expect(await under.broker.publish(a.boxId, 'order', Buffer.from('x'))).toBe(false)
      expect(await under.broker.publish(a.boxId, 'ack', Buffer.from('x'))).toBe(true)
      await client.unsubscribeAsync(downTopic(a.boxId, 'ack'))
      expect(await under.broker.publish(a.boxId, 'ack', Buffer.from('x'))).toBe(false)
    })

    it('tells who is there, and who has gone', async () => {
      const client = await open(a)
      await open(b)
      await vi.waitFor(() => expect(under.broker.online()).toEqual([a.boxId, b.boxId]))
      await client.endAsync()
      await vi.waitFor(() => expect(under.broker.online()).toEqual([b.boxId]))
      expect(states).toEqual([`+${a.boxId}`, `+${b.boxId}`, `-${a.boxId}`])
    })

    it('lets the newer connection of a box take over from the older', async () => {
      const older = await open(a, { will: { topic: upTopic(a.boxId, 'bye'), payload: 'lost', qos: 1, retain: false } })
      const gone = ended(older)
      const newer = await open(a)
      await gone
      expect(under.broker.online()).toEqual([a.boxId])
      await newer.publishAsync(upTopic(a.boxId, 'hello'), 'new', { qos: 1 })
      await vi.waitFor(() => expect(heard.at(-1)?.text).toBe('new'))
      expect(states.at(-1)).toBe(`+${a.boxId}`)
    })

    it('publishes the will of a box that is gone without a word', async () => {
      const client = await open(a, { will: { topic: upTopic(a.boxId, 'bye'), payload: 'lost', qos: 1, retain: false } })
      client.stream.destroy()
      await vi.waitFor(() => expect(heard).toEqual([{ boxId: a.boxId, channel: 'bye', text: 'lost' }]))
    })

    it('cuts a box at once and leaves the others alone', async () => {
      const client = await open(a)
      await open(b)
      const gone = ended(client)
      under.broker.cut(a.boxId, 'test')
      await gone
      await vi.waitFor(() => expect(under.broker.online()).toEqual([b.boxId]))
    })

    it('ends the connection of a box that publishes elsewhere, and delivers nothing of it', async () => {
      const victim = await open(b)
      const got: string[] = []
      victim.on('message', topic => got.push(topic))
      await victim.subscribeAsync(downFilter(b.boxId), { qos: 1 })
      const foreign = [
        ...upChannels.map(channel => upTopic(b.boxId, channel)),
        downTopic(a.boxId, 'order'),
        'free/x',
        '$SYS/x'
      ]
      for (const topic of foreign) {
        const client = await open(a)
        const gone = ended(client)
        client.publish(topic, 'x', { qos: 1 })
        await gone
      }
      await victim.publishAsync(upTopic(b.boxId, 'hello'), 'still here', { qos: 1 })
      await vi.waitFor(() => expect(heard.map(one => one.text)).toEqual(['still here']))
      expect(got).toEqual([])
      expect(under.refusals().filter(what => what === 'publish on a foreign topic')).toHaveLength(1)
    })

    it.each([
      ['a retained message', { qos: 1, retain: true }],
      ['QoS 2', { qos: 2, retain: false }]
    ] as const)('refuses %s', async (_, options) => {
      const client = await open(a)
      const gone = ended(client)
      client.publish(upTopic(a.boxId, 'fact'), 'x', options)
      await gone
      expect(heard).toEqual([])
    })

    it('grants no subscription but to the own down topics', async () => {
      const client = await open(a)
      const filters = ['#', '+/+', everyUpFilter, downFilter(b.boxId), upTopic(a.boxId, 'fact'), '$SYS/#']
      const more = [`${downFilter(a.boxId)}/#`, `$share/g/${downFilter(a.boxId)}`, downTopic(a.boxId, 'order')]
      const got: string[] = []
      client.on('message', topic => got.push(topic))
      const grants: unknown[] = []
      client.on('packetreceive', packet => void (packet.cmd === 'suback' && grants.push(...packet.granted)))
      for (const filter of [...filters, ...more]) await client.subscribeAsync(filter, { qos: 1 }).catch(() => {})
      expect(grants).toEqual([...filters.map(() => 128), 128, 128, 1])
      const other = await open(b)
      await other.publishAsync(upTopic(b.boxId, 'fact'), 'secret', { qos: 1 })
      await vi.waitFor(() => expect(heard).toHaveLength(1))
      expect(got).toEqual([])
    })

    it('refuses a will on a foreign topic, the client id of another, and a session that lasts', async () => {
      const will = { payload: 'x', qos: 1, retain: false }
      await refused(a, { will: { ...will, topic: upTopic(b.boxId, 'bye') } })
      await refused(a, { will: { ...will, topic: upTopic(a.boxId, 'fact') } })
      await refused(a, { will: { ...will, retain: true, topic: upTopic(a.boxId, 'bye') } })
      await refused(a, { clientId: b.boxId })
      await refused(a, { clean: false })
      expect(under.broker.online()).toEqual([])
      expect(heard).toEqual([])
    })

    it('refuses a revoked box', async () => {
      await (await open(a)).endAsync()
      await under.revoke(a.boxId)
      await refused(a, {})
    })
  })
}
