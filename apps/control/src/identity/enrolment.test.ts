import { sign, X509Certificate } from 'node:crypto'
import { MatthanError } from '@matthan/base/error'
import { writeCode } from '@matthan/protocol/enrolment'
import { pinOf } from '@matthan/protocol/pin'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type House, makeEnrolRequest, makeHouse, makeRequest, type TestBox } from './testing/house.ts'

const dayMs = 24 * 3600_000
const refused = expect.objectContaining({ kind: 'refused' })
let house: House

beforeEach(async () => {
  house = await makeHouse()
})
afterEach(() => house.close())

const certificates = () => house.store.read.selectFrom('box_certificate').selectAll().execute()
const derOf = (pem: string) => new X509Certificate(pem).raw

describe('enrolment', () => {
  it('gives a box three certificates, the authority and the command key for its code', async () => {
    const { code, boxId } = await house.identity.enrolment.makeCode({ name: 'Phường Bến Nghé', unitLabel: 'CAP' })
    expect(code).toMatch(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/)
    const { request } = await makeEnrolRequest(code.toLowerCase().replaceAll('-', ' '))
    const answer = await house.identity.enrolment.redeem(request)
    expect(answer).toMatchObject({ boxId, name: 'Phường Bến Nghé', root: house.identity.authority.rootPem })
    expect(Object.keys(answer.commandKeys)).toEqual([house.identity.authority.command.keyId])
    expect((await certificates()).map(row => row.kind).toSorted()).toEqual(['log', 'statement', 'tls'])
    expect(house.identity.register.checkPeer(derOf(answer.certificates.tls)).boxId).toBe(boxId)
  })

  it('takes a code once: another box with the same code gets nothing', async () => {
    const { code } = await house.identity.enrolment.makeCode({ name: 'A' })
    await house.identity.enrolment.redeem((await makeEnrolRequest(code)).request)
    await expect(house.identity.enrolment.redeem((await makeEnrolRequest(code)).request)).rejects.toEqual(refused)
    expect(await certificates()).toHaveLength(3)
  })

  it('answers the same request again with the same certificates', async () => {
    const { code } = await house.identity.enrolment.makeCode({ name: 'A' })
    const { request } = await makeEnrolRequest(code)
    const first = await house.identity.enrolment.redeem(request)
    const again = await house.identity.enrolment.redeem(request)
    expect(again.certificates).toEqual(first.certificates)
    expect(await certificates()).toHaveLength(3)
  })

  it('has one winner when boxes race with one code', async () => {
    const { code } = await house.identity.enrolment.makeCode({ name: 'A' })
    const requests = await Promise.all(Array.from({ length: 4 }, () => makeEnrolRequest(code)))
    const results = await Promise.allSettled(requests.map(one => house.identity.enrolment.redeem(one.request)))
    expect(results.filter(one => one.status === 'fulfilled')).toHaveLength(1)
    expect(await certificates()).toHaveLength(3)
  })

  it('ends a code after five wrong tries, also when they come at once', async () => {
    const { code } = await house.identity.enrolment.makeCode({ name: 'A' })
    const secret = code.replaceAll('-', '').slice(0, 8)
    const guess = secret.slice(0, 7) + (secret[7] === '0' ? '1' : '0')
    const wrong = writeCode({ secret: guess, pin: pinOf(guess, house.identity.authority.rootDer) })
    const { request } = await makeEnrolRequest(wrong)
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => house.identity.enrolment.redeem(request)))
    expect(results.every(one => one.status === 'rejected')).toBe(true)
    await expect(house.identity.enrolment.redeem((await makeEnrolRequest(code)).request)).rejects.toEqual(refused)
    expect(await certificates()).toHaveLength(0)
  })

  it('ends a code after an hour, and an earlier one when a new one is made', async () => {
    const first = await house.identity.enrolment.makeCode({ name: 'A' })
    const second = await house.identity.enrolment.makeCode({ name: 'A' })
    expect(second.boxId).toBe(first.boxId)
    await expect(house.identity.enrolment.redeem((await makeEnrolRequest(first.code)).request)).rejects.toEqual(refused)
    house.shiftClock(61 * 60_000)
    await expect(house.identity.enrolment.redeem((await makeEnrolRequest(second.code)).request)).rejects.toEqual(
      refused
    )
  })

  it('does not count a code of another centre as a try', async () => {
    const { code } = await house.identity.enrolment.makeCode({ name: 'A' })
    const foreign = `${code.slice(0, 10)}0000-0000`
    for (let i = 0; i < 6; i++)
      await expect(house.identity.enrolment.redeem((await makeEnrolRequest(foreign)).request)).rejects.toEqual(refused)
    await expect(house.identity.enrolment.redeem((await makeEnrolRequest(code)).request)).resolves.toBeTruthy()
  })

  it('spends no try and no code on a request that cannot be signed', async () => {
    const { code } = await house.identity.enrolment.makeCode({ name: 'A' })
    const { request } = await makeEnrolRequest(code)
    const broken = { ...request, csrs: { ...request.csrs, log: '-----BEGIN CERTIFICATE REQUEST-----\nxx' } }
    await expect(house.identity.enrolment.redeem(broken)).rejects.toThrow(MatthanError)
    await expect(house.identity.enrolment.redeem(request)).resolves.toBeTruthy()
  })

  it('has no second box of a name until the first is revoked', async () => {
    const box = await house.makeBox('A')
    await expect(house.identity.enrolment.makeCode({ name: 'A' })).rejects.toEqual(refused)
    await house.identity.register.revoke(box.boxId, 'Mất trộm')
    expect((await house.makeBox('A')).boxId).not.toBe(box.boxId)
  })

  it('writes no code and no hash of one into the log', async () => {
    const { code } = await house.identity.enrolment.makeCode({ name: 'A' })
    await house.identity.enrolment.redeem((await makeEnrolRequest(code)).request)
    expect(JSON.stringify(house.logged())).not.toContain(code.slice(0, 4))
  })
})

describe('register', () => {
  let box: TestBox
  beforeEach(async () => {
    box = await house.makeBox('A')
  })

  it('refuses a revoked box, also after a restart and with the store of yesterday', async () => {
    const der = derOf(box.tls.cert)
    const told: string[] = []
    house.identity.register.onRevoked(boxId => told.push(boxId))
    expect(house.identity.register.checkPeer(der).boxId).toBe(box.boxId)
    await house.identity.register.revoke(box.boxId, 'Mất trộm')
    expect(told).toEqual([box.boxId])
    expect(() => house.identity.register.checkPeer(der)).toThrow('revoked')
    expect(() => house.identity.register.checkNewest(der, dayMs)).toThrow('revoked')
    // What a backup of before would hold.
    await house.store.write(async trx => {
      await trx.updateTable('box').set({ state: 'enrolled', revoked_ms: null, revoked_reason: null }).execute()
      await trx.updateTable('box_certificate').set({ revoked_ms: null }).execute()
    })
    const again = await house.reopen()
    expect(() => again.register.checkPeer(der)).toThrow('revoked')
    const row = await house.store.read.selectFrom('box').select(['state', 'revoked_reason']).executeTakeFirst()
    expect(row).toEqual({ state: 'revoked', revoked_reason: 'Mất trộm' })
  })

  it('refuses no certificate, garbage, evidence certificates, the expired and the not yet valid', () => {
    const { checkPeer } = house.identity.register
    const kindOf = (der: Uint8Array | undefined) => {
      try {
        return checkPeer(der).boxId
      } catch (error) {
        return error instanceof MatthanError ? `${error.kind}: ${error.params.reason}` : String(error)
      }
    }
    expect(kindOf(undefined)).toBe('refused: no certificate')
    expect(kindOf(Buffer.from('garbage'))).toBe('refused: unreadable certificate')
    expect(kindOf(derOf(box.statement.cert))).toBe('refused: wrong purpose')
    expect(kindOf(Buffer.from(house.identity.authority.sealCertificate))).toBe('refused: wrong purpose')
    expect(kindOf(Buffer.from(house.identity.authority.rootDer))).toBe('refused: unknown authority')
    house.shiftClock(31 * dayMs)
    expect(kindOf(derOf(box.tls.cert))).toBe('refused: expired')
    house.shiftClock(-dayMs)
    expect(kindOf(derOf(box.tls.cert))).toBe('refused: not yet valid')
  })

  it('knows a certificate of ours that a restored store has forgotten', async () => {
    await house.store.write(trx => trx.deleteFrom('box_certificate').execute())
    const again = await house.reopen()
    expect(again.register.checkPeer(derOf(box.tls.cert)).boxId).toBe(box.boxId)
  })
})

describe('renewal', () => {
  let box: TestBox
  beforeEach(async () => {
    box = await house.makeBox('A')
  })
  const recoverWith = (keyPem: string, certificate: string, csr: string) =>
    house.identity.renewal.recover({
      csr,
      certificate,
      sig: sign('sha256', Buffer.from(csr), { key: keyPem, dsaEncoding: 'der' }).toString('base64url')
    })

  it('gives the same certificate for the same key and ends the old one a day after the new one is used', async () => {
    const { csr } = await makeRequest()
    house.shiftClock(dayMs)
    const first = await house.identity.renewal.renew(box.boxId, csr)
    expect((await house.identity.renewal.renew(box.boxId, csr)).certificate).toBe(first.certificate)
    const { checkPeer } = house.identity.register
    expect(checkPeer(derOf(box.tls.cert)).boxId).toBe(box.boxId)
    expect(checkPeer(derOf(first.certificate)).boxId).toBe(box.boxId)
    house.shiftClock(2 * dayMs + 3600_000)
    expect(() => checkPeer(derOf(box.tls.cert))).toThrow('revoked')
    await house.store.write(async () => {})
    const again = await house.reopen()
    expect(() => again.register.checkPeer(derOf(box.tls.cert))).toThrow('revoked')
    expect(again.register.checkPeer(derOf(first.certificate)).boxId).toBe(box.boxId)
  })

  it('does not issue without end to one box', async () => {
    const { csr } = await makeRequest()
    for (let i = 0; i < 19; i++) await house.identity.renewal.renew(box.boxId, (await makeRequest()).csr)
    await expect(house.identity.renewal.renew(box.boxId, csr)).rejects.toEqual(
      expect.objectContaining({ kind: 'busy' })
    )
  })

  it('recovers a box whose certificate ended up to 90 days ago, counted', async () => {
    house.shiftClock(100 * dayMs)
    const { csr, key } = await makeRequest()
    const answer = await recoverWith(box.tls.key, box.tls.cert, csr)
    expect(house.identity.register.checkPeer(derOf(answer.certificate)).boxId).toBe(box.boxId)
    expect((await certificates()).map(row => row.recovered).toSorted()).toEqual([0, 0, 0, 1])
    // The old key is worth nothing once the new one was used.
    await expect(recoverWith(box.tls.key, box.tls.cert, (await makeRequest()).csr)).rejects.toEqual(refused)
    await expect(recoverWith(key, answer.certificate, (await makeRequest()).csr)).resolves.toBeTruthy()
  })

  it('recovers again when the first answer was lost', async () => {
    house.shiftClock(100 * dayMs)
    await recoverWith(box.tls.key, box.tls.cert, (await makeRequest()).csr)
    await expect(recoverWith(box.tls.key, box.tls.cert, (await makeRequest()).csr)).resolves.toBeTruthy()
  })

  it('recovers nobody who is too late, revoked, not the key holder, or shows a certificate for evidence', async () => {
    const { csr, key } = await makeRequest()
    house.shiftClock(40 * dayMs)
    await expect(recoverWith(key, box.tls.cert, csr)).rejects.toEqual(refused)
    await expect(recoverWith(box.statement.key, box.statement.cert, csr)).rejects.toEqual(refused)
    await expect(recoverWith(box.tls.key, 'garbage', csr)).rejects.toEqual(refused)
    house.shiftClock(121 * dayMs)
    await expect(recoverWith(box.tls.key, box.tls.cert, csr)).rejects.toEqual(refused)
    house.shiftClock(40 * dayMs)
    await house.identity.register.revoke(box.boxId, 'Mất trộm')
    await expect(recoverWith(box.tls.key, box.tls.cert, csr)).rejects.toEqual(refused)
  })
})
