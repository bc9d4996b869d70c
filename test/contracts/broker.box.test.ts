import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { enrol } from '@matthan/agent/identity/enrol'
import { readIdentity } from '@matthan/agent/identity/files'
import { recover, renew } from '@matthan/agent/identity/renewal'
import { startBroker } from '@matthan/control/broker/embedded'
import { startDevice } from '@matthan/control/http/device'
import { startJoin } from '@matthan/control/http/join'
import { type House, listenerTls, makeHouse } from '@matthan/control/identity/testing/house'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connected, mqttOf } from './broker-house.ts'

const dayMs = 24 * 3600_000

describe('a box of ours at the listeners of the centre', () => {
  let house: House
  let folder: string
  let ports: { join: number; device: number; mqtt: number }
  const closing: { close(): Promise<void> }[] = []

  beforeEach(async () => {
    const urls = { mqttUrl: '', deviceUrl: '' }
    house = await makeHouse(() => urls)
    folder = await mkdtemp(join(tmpdir(), 'matthan-box-'))
    const { register, enrolment, renewal } = house.identity
    const common = {
      tls: listenerTls(house.identity),
      bind: '127.0.0.1',
      port: 0,
      clock: house.clock,
      log: house.log,
      checkPeer: register.checkPeer
    }
    const joining = await startJoin({ ...common, redeem: enrolment.redeem, recover: renewal.recover })
    const device = await startDevice({ ...common, renew: renewal.renew })
    const broker = await startBroker({ ...common, onMessage: () => {}, onOnline: () => {}, onOffline: () => {} })
    closing.push(joining, device, broker)
    ports = { join: joining.port, device: device.port, mqtt: broker.port }
    urls.mqttUrl = `mqtts://localhost:${broker.port}`
    urls.deviceUrl = `https://localhost:${device.port}`
  })
  afterEach(async () => {
    for (const one of closing.splice(0)) await one.close()
    await house.close()
    await rm(folder, { recursive: true })
  })

  const enrolled = async () => {
    const { code } = await house.identity.enrolment.makeCode({ name: 'Phường 1' })
    await enrol({ dataFolder: folder, server: `localhost:${ports.join}`, code, clock: house.clock })
    return await readIdentity(folder)
  }
  const connects = async (box: Awaited<ReturnType<typeof readIdentity>>) => {
    const client = mqttOf(ports.mqtt, { boxId: box.boxId, tls: { ...box.tls, ca: box.ca } })
    await connected(client)
    await client.endAsync()
  }

  it('enrols by its code, connects, renews, and connects with the new certificate', async () => {
    const box = await enrolled()
    expect(box.name).toBe('Phường 1')
    await connects(box)
    const before = box.tls.cert
    await renew(box)
    expect(box.tls.cert).not.toBe(before)
    await connects(box)
  })

  it('recovers after its certificate has ended, when it cannot sign in any more', async () => {
    const box = await enrolled()
    house.shiftClock(60 * dayMs)
    await expect(renew(box)).rejects.toThrow()
    // The centre's certificate is valid by the true clock, which the box still has here.
    await recover(box, house.clock.nowMs() - 60 * dayMs)
    const rows = await house.store.read.selectFrom('box_certificate').selectAll().where('recovered', '=', 1).execute()
    expect(rows).toHaveLength(1)
  })

  it('refuses a centre of the same name before it sends the secret half of the code', async () => {
    const stranger = await makeHouse()
    const { code } = await stranger.identity.enrolment.makeCode({ name: 'A' })
    const attempt = enrol({ dataFolder: folder, server: `localhost:${ports.join}`, code, clock: house.clock })
    await expect(attempt).rejects.toEqual(expect.objectContaining({ kind: 'verification' }))
    expect(house.logged().filter(line => line.msg === 'refused')).toEqual([])
    await stranger.close()
  })
})
