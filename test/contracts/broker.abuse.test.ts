import { connect as connectTcp, type Socket } from 'node:net'
import { type BrokerLimits, type EmbeddedBroker, startBroker } from '@matthan/control/broker/embedded'
import type { CheckPeer } from '@matthan/control/broker/peers'
import { type House, listenerTls, makeHouse, type TestBox } from '@matthan/control/identity/testing/house'
import { downFilter, upTopic } from '@matthan/protocol/topics'
import type { MqttClient } from 'mqtt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { closed, connected, connectPacket, ended, mqttOf, rawTls } from './broker-house.ts'

const dayMs = 24 * 3600_000
const megabyte = 1024 * 1024

describe('the embedded broker under abuse', () => {
  let house: House
  let broker: EmbeddedBroker
  let box: TestBox
  let heard: string[]
  const clients: MqttClient[] = []

  const start = async (
    limits: Partial<BrokerLimits> = {},
    checkPeer: CheckPeer = house.identity.register.checkPeer
  ) => {
    broker = await startBroker({
      tls: listenerTls(house.identity),
      bind: '127.0.0.1',
      port: 0,
      checkPeer,
      clock: house.clock,
      log: house.log,
      limits,
      onMessage: (_boxId, _channel, bytes) => void heard.push(Buffer.from(bytes).toString()),
      onOnline: () => {},
      onOffline: () => {}
    })
  }
  const open = async (who: TestBox): Promise<MqttClient> => {
    const client = mqttOf(broker.port, who)
    clients.push(client)
    await connected(client)
    client.on('error', () => {})
    return client
  }
  const refusals = (what: string) => house.logged().filter(line => line.msg === 'refused' && line.what === what)

  beforeEach(async () => {
    heard = []
    house = await makeHouse()
    box = await house.makeBox('A')
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.endAsync(true)
    await broker.close()
    await house.close()
  })

  it('keeps memory flat while 100 MB come in one unfinished CONNECT', async () => {
    await start()
    const socket = rawTls(broker.port, box.tls)
    const before = process.memoryUsage().rss
    let peak = before
    const header = Buffer.from([0x10, 0x80, 0x80, 0x80, 0x32, 0, 4, 77, 81, 84, 84, 4, 2])
    socket.write(header)
    const chunk = Buffer.alloc(64 * 1024, 97)
    let sent = 0
    const pump = () => {
      while (sent < 100 * megabyte && !socket.destroyed) {
        sent += chunk.length
        peak = Math.max(peak, process.memoryUsage().rss)
        if (!socket.write(chunk)) return void socket.once('drain', pump)
      }
    }
    socket.once('secureConnect', pump)
    await closed(socket)
    expect(sent).toBeLessThan(16 * megabyte)
    expect(peak - before).toBeLessThan(50 * megabyte)
    expect(refusals('packet too large')).toHaveLength(1)
    await open(box)
  })

  it('ends a connection that publishes more than 128 KiB at once', async () => {
    await start()
    const client = await open(box)
    await client.publishAsync(upTopic(box.boxId, 'fact'), Buffer.alloc(127 * 1024, 65), { qos: 1 })
    await vi.waitFor(() => expect(heard).toHaveLength(1))
    const gone = ended(client)
    client.publish(upTopic(box.boxId, 'fact'), Buffer.alloc(129 * 1024), { qos: 1 })
    await gone
    expect(heard).toHaveLength(1)
  })

  it('cuts a connection that is silent before CONNECT', async () => {
    await start({ connectDeadlineMs: 300 })
    const began = performance.now()
    await closed(rawTls(broker.port, box.tls))
    expect(performance.now() - began).toBeLessThan(2000)
  })

  it('lets a box in quickly while hundreds of sockets say nothing', async () => {
    await start()
    const idle: Socket[] = []
    for (let i = 0; i < 400; i++) idle.push(connectTcp(broker.port, '127.0.0.1').on('error', () => {}))
    const began = performance.now()
    await open(box)
    expect(performance.now() - began).toBeLessThan(2000)
    for (const socket of idle) socket.destroy()
  })

  it('cuts idle sockets at the deadline and refuses more than its share of one address', async () => {
    await start({ admission: { waitingOfAddress: 10, deadlineMs: 300 } })
    const sockets = Array.from({ length: 30 }, () => connectTcp(broker.port, '127.0.0.1').on('error', () => {}))
    await Promise.all(sockets.map(socket => new Promise(resolve => socket.once('close', resolve))))
    expect(refusals('too many connections')).toHaveLength(1)
    expect(refusals('handshake too slow')).toHaveLength(1)
    await open(box)
  })

  it.each([
    ['a certificate for evidence', (one: TestBox) => one.statement],
    ['no certificate', (one: TestBox) => ({ ca: one.tls.ca })]
  ])('refuses %s', async (_, credentials) => {
    await start()
    const socket = rawTls(broker.port, credentials(box))
    socket.write(connectPacket(box.boxId))
    await closed(socket)
    expect(broker.online()).toEqual([])
    expect(house.logged().filter(line => line.msg === 'refused')).toHaveLength(1)
  })

  it('refuses a certificate of an unknown authority', async () => {
    await start()
    const stranger = await makeHouse()
    const other = await stranger.makeBox('A')
    const socket = rawTls(broker.port, { ...other.tls, ca: box.tls.ca })
    socket.write(connectPacket(other.boxId))
    await closed(socket)
    await stranger.close()
    expect(house.logged().filter(line => line.msg === 'refused')).toHaveLength(1)
  })

  /** A ticket of a session of this box, from a connection that was good. */
  const resume = async (session?: Buffer) => {
    const socket = rawTls(broker.port, box.tls, session ? { session } : {})
    let ticket: Buffer | undefined
    let answer = Buffer.alloc(0)
    socket.on('session', data => {
      ticket = data
    })
    socket.on('data', (data: Buffer) => {
      answer = Buffer.concat([answer, data])
      socket.end()
    })
    socket.write(connectPacket(box.boxId))
    const reused = new Promise<boolean>(resolve => {
      socket.once('secureConnect', () => resolve(socket.isSessionReused()))
      socket.once('close', () => resolve(false))
    })
    await closed(socket)
    return { ticket, answer, reused: await reused }
  }

  it.each([
    ['revoked', () => house.identity.register.revoke(box.boxId, 'test'), 'box revoked'],
    ['expired', async () => house.shiftClock(31 * dayMs), 'expired']
  ])('judges a resumed session like every other: %s', async (_, spoil, reason) => {
    await start()
    const first = await resume()
    const second = await resume(first.ticket)
    expect(second.reused).toBe(true)
    expect(second.answer[0]).toBe(0x20)
    await spoil()
    const third = await resume(first.ticket)
    expect(third.reused).toBe(true)
    expect(third.answer).toHaveLength(0)
    expect(refusals('certificate refused')).toMatchObject([
      { boxId: box.boxId, reason: expect.stringContaining(reason) }
    ])
  })

  it('cuts the live connection of a box that is revoked', async () => {
    await start()
    house.identity.register.onRevoked(boxId => broker.cut(boxId, 'revoked'))
    const gone = ended(await open(box))
    await house.identity.register.revoke(box.boxId, 'test')
    await gone
    expect(broker.online()).toEqual([])
  })

  it('finds a certificate that expires while it is connected', async () => {
    await start({ recheckMs: 50 })
    const gone = ended(await open(box))
    house.shiftClock(31 * dayMs)
    await gone
  })

  it('slows a box that publishes too fast and loses nothing of it', async () => {
    await start({ messagesPerSecond: 50, messageBurst: 10 })
    const client = await open(box)
    const began = performance.now()
    for (let i = 0; i < 40; i++) client.publish(upTopic(box.boxId, 'progress'), String(i), { qos: 1 })
    await vi.waitFor(() => expect(heard).toHaveLength(40), 5000)
    expect(performance.now() - began).toBeGreaterThan(550)
    expect(heard).toEqual(Array.from({ length: 40 }, (_, i) => String(i)))
  })

  it('does not let a box that stops reading hold up another, and cuts it', async () => {
    await start({ drainDeadlineMs: 500 })
    const other = await house.makeBox('B')
    const frozen = await open(box)
    await frozen.subscribeAsync(downFilter(box.boxId), { qos: 1 })
    const lively = await open(other)
    let got = 0
    lively.on('message', () => void got++)
    await lively.subscribeAsync(downFilter(other.boxId), { qos: 1 })
    frozen.stream.pause()
    frozen.stream.removeAllListeners('data')
    const payload = Buffer.alloc(60_000)
    let taken = 0
    while (await broker.publish(box.boxId, 'order', payload)) {
      taken++
      await new Promise(setImmediate)
    }
    expect(taken).toBeLessThan(500)
    const began = performance.now()
    await broker.publish(other.boxId, 'order', payload)
    await vi.waitFor(() => expect(got).toBe(1))
    expect(performance.now() - began).toBeLessThan(500)
    await vi.waitFor(() => expect(broker.online()).toEqual([other.boxId]), 5000)
  })

  it('keeps out a box that connects again and again', async () => {
    await start({ connectsPerMinute: 3, flappingMs: 60_000 })
    for (let i = 0; i < 3; i++) await (await open(box)).endAsync()
    const fourth = mqttOf(broker.port, box)
    clients.push(fourth)
    fourth.on('error', () => {})
    await expect(connected(fourth)).rejects.toThrow()
    expect(refusals('connects too often')).toHaveLength(1)
    await open(await house.makeBox('B'))
  })

  it.each([
    ['a topic of 300 levels', Buffer.from(`${'a/'.repeat(300)}x`)],
    ['a topic that is no UTF-8', Buffer.from([0xc3, 0x28, 0xff])],
    ['a topic with a NUL', Buffer.from('a\0b')]
  ])('ends the connection over %s and lives on', async (_, topic) => {
    await start()
    const socket = rawTls(broker.port, box.tls)
    socket.write(connectPacket(box.boxId))
    await new Promise(resolve => socket.once('data', resolve))
    const head = Buffer.from([0, topic.length])
    if (topic.length > 255) head.writeUInt16BE(topic.length)
    const length = topic.length + 2
    const size = length < 128 ? [length] : [(length & 127) | 128, length >> 7]
    socket.write(Buffer.concat([Buffer.from([0x30, ...size]), head, topic]))
    await closed(socket)
    expect(heard).toEqual([])
    await open(box)
  })

  it('takes a new server certificate and new ticket keys without ending a connection', async () => {
    await start()
    const client = await open(box)
    broker.useTls({ ...listenerTls(house.identity), ticketKeys: Buffer.alloc(48, 7) })
    await open(await house.makeBox('B'))
    await client.publishAsync(upTopic(box.boxId, 'hello'), 'x', { qos: 1 })
    await vi.waitFor(() => expect(heard).toEqual(['x']))
  })
})
