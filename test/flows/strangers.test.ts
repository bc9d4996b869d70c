import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { downFilter, downTopic, upTopic } from '@matthan/protocol/topics'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Box } from '../fleet/box.ts'
import { forgetBoot } from '../fleet/box_store.ts'
import { createFleet, type Fleet } from '../fleet/fleet.ts'
import { ask, knock, type Papers, papersOf, whenCut } from '../fleet/stranger.ts'
import { until } from '../fleet/until.ts'

/** Papers that look right but were not issued by this centre. */
const forged = (boxId: string): Papers => {
  const folder = mkdtempSync(join(tmpdir(), 'matthan-forged-'))
  const subject = ['-subj', '/CN=forged', '-addext', `subjectAltName=URI:urn:matthan:box:${boxId}`]
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      join(folder, 'k'),
      '-out',
      join(folder, 'c'),
      ...subject
    ],
    { stdio: 'ignore' }
  )
  const papers = { key: readFileSync(join(folder, 'k'), 'utf8'), cert: readFileSync(join(folder, 'c'), 'utf8') }
  rmSync(folder, { recursive: true })
  return papers
}

/** Promise 2 (I7): a box reaches its own topics and nothing else; who is not one of ours reaches nothing. */
describe('strangers at the door', () => {
  let fleet: Fleet
  let other: Box
  let publisher: Box
  let subscriber: Box
  let mine: Box

  beforeAll(async () => {
    fleet = await createFleet({ boxes: 4, cameras: [], segmentSeconds: 4 })
    await fleet.settle()
    ;[other, publisher, subscriber, mine] = fleet.boxes as [Box, Box, Box, Box]
    // The test speaks with these boxes' own papers from here on; more than ten knocks a minute would shut one out.
    await Promise.all([publisher, subscriber, mine].map(box => box.agent().stop()))
  })
  afterAll(async () => fleet?.stop())

  const otherIsWell = async () => {
    const boxes = await fleet.centre.ask<{ boxId: string; online: boolean }[]>('box', 'list')
    return boxes.find(box => box.boxId === other.boxId)!.online
  }

  it('publishing outside its own topics cuts the box and reaches nobody', async () => {
    const foreign = [
      upTopic(other.boxId, 'fact'),
      upTopic(other.boxId, 'hello'),
      downTopic(other.boxId, 'order'),
      downTopic(publisher.boxId, 'ack'),
      'free/x',
      '$SYS/x',
      `${upTopic(publisher.boxId, 'fact')}/x`
    ]
    for (const topic of foreign) {
      const client = await knock(fleet.centre, papersOf(publisher), { clientId: publisher.boxId })
      const cut = whenCut(client)
      client.publish(topic, '{}', { qos: 1 })
      await cut
    }
    expect(await otherIsWell()).toBe(true)
  })

  it('subscribing outside its own topics gives nothing', async () => {
    for (const filter of [
      '#',
      '+/+',
      'matthan/v1/+/down/+',
      downFilter(other.boxId),
      `$share/x/${downFilter(subscriber.boxId)}`,
      upTopic(subscriber.boxId, 'fact')
    ]) {
      const client = await knock(fleet.centre, papersOf(subscriber), { clientId: subscriber.boxId })
      let heard = 0
      client.on('message', () => heard++)
      const granted = await client.subscribeAsync(filter, { qos: 1 }).then(
        all => all.every(one => one.qos < 128),
        () => false
      )
      expect(granted, filter).toBe(false)
      expect(heard).toBe(0)
      client.end(true)
    }
  })

  it('a will outside its own topics keeps the door shut', async () => {
    const will = {
      topic: upTopic(other.boxId, 'bye'),
      payload: Buffer.from('{"v":1,"reason":"lost"}'),
      qos: 1 as const,
      retain: false
    }
    await expect(knock(fleet.centre, papersOf(mine), { clientId: mine.boxId, will })).rejects.toThrow()
    expect(await otherIsWell()).toBe(true)
  })

  it('another client id, a certificate of nobody we know, and none at all keep the door shut', async () => {
    await expect(knock(fleet.centre, papersOf(mine), { clientId: other.boxId })).rejects.toThrow()
    await expect(knock(fleet.centre, forged(mine.boxId), { clientId: mine.boxId })).rejects.toThrow()
    await expect(knock(fleet.centre, { key: '', cert: '' }, { clientId: mine.boxId })).rejects.toThrow()
    await expect(
      ask(`${fleet.centre.addresses.device}/uploads`, { method: 'POST', papers: forged(mine.boxId) })
    ).rejects.toThrow()
    expect(await otherIsWell()).toBe(true)
  })

  it('a revoked box is cut within five seconds and stays out', async () => {
    const client = await knock(fleet.centre, papersOf(mine), { clientId: mine.boxId })
    const cut = whenCut(client)
    await fleet.centre.ask('box', 'revoke', mine.boxId, '--reason', 'Thiết bị bị mất')
    expect(await cut).toBeLessThan(5000)
    await expect(knock(fleet.centre, papersOf(mine), { clientId: mine.boxId })).rejects.toThrow()
    const upload = ask(`${fleet.centre.addresses.device}/uploads`, {
      method: 'POST',
      papers: papersOf(mine),
      headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': '10' }
    })
    expect(
      await upload.then(
        answer => answer.status >= 400,
        () => true
      )
    ).toBe(true)
    expect(await otherIsWell()).toBe(true)
  })

  it('a box whose certificate has expired comes back by itself', async () => {
    const before = papersOf(other).cert
    await other.agent().stop()
    await fleet.centre.stop()
    forgetBoot(other)
    // Forty days later: the certificate of the box (30 days) is of the past, those of the centre are not.
    const later = {
      LD_PRELOAD: `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`,
      FAKETIME: '+40d',
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1'
    }
    await fleet.centre.start(later)
    await expect(knock(fleet.centre, { ...papersOf(other) }, { clientId: other.boxId })).rejects.toThrow()
    other.startAgent(later)
    await until(
      'the box is back with a new certificate',
      60_000,
      async () => (await otherIsWell()) && papersOf(other).cert !== before
    )
  })
})
