import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { newId } from '@matthan/base/id'
import { statementName, statementSealName } from '@matthan/protocol/evidence'
import { limits } from '@matthan/protocol/limits'
import { ReceiptPayload, SignedReceipt, snapshotName, uploadPath } from '@matthan/protocol/upload'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sweepUploads } from './sweep.ts'
import {
  complete,
  createUpload,
  hex,
  makeStatement,
  openVaultHouse,
  patchUpload,
  sendFile,
  type TestBox,
  type TestOrder,
  type TestOriginal,
  type VaultHouse
} from './testing/house.ts'

let house: VaultHouse
let box: TestBox
let order: TestOrder
let originals: TestOriginal[]

beforeEach(async () => {
  house = await openVaultHouse()
  box = await house.addBox()
  order = await house.addOrder(box)
  originals = [
    { name: 'a_20260101T000000Z_0000.mp4', bytes: randomBytes(1_500_000) },
    { name: 'a_20260101T000010Z_0001.mp4', bytes: randomBytes(70_000) }
  ]
})
afterEach(() => house.close())

const sendStatement = async (
  made?: { statement: Buffer; seal: Buffer },
  by = box
): Promise<{ status: number; error: unknown }> => {
  const { statement, seal } = made ?? (await makeStatement(house, by, order, originals))
  const first = await sendFile(house, by, { orderId: order.orderId, name: statementName, body: statement })
  expect(first.status).toBe(204)
  return await sendFile(house, by, { orderId: order.orderId, name: statementSealName, body: seal })
}
const sendOriginal = (i: number, body = originals[i]!.bytes) =>
  sendFile(house, box, { orderId: order.orderId, name: originals[i]!.name, body })
const head = (location: string, by = box) =>
  fetch(house.url + location, { method: 'HEAD', headers: { 'x-box': by.boxId, 'tus-resumable': '1.0.0' } })
const clipState = async () =>
  (await house.store.read.selectFrom('clip').select('state').executeTakeFirstOrThrow()).state

describe('the whole way', () => {
  it('statement, seal, originals, receipt; the same receipt again, also after the order has ended', async () => {
    expect((await sendStatement()).status).toBe(204)
    expect((await sendOriginal(0)).status).toBe(204)
    expect((await sendOriginal(1)).status).toBe(204)
    const answer = await complete(house, box, order.orderId)
    expect(answer.status).toBe(200)
    const receipt = SignedReceipt.parse(await answer.json())
    const payload = ReceiptPayload.parse(JSON.parse(receipt.payload))
    expect(payload.files.map(file => file.name)).toEqual([
      statementName,
      statementSealName,
      ...originals.map(one => one.name)
    ])
    expect(payload.files[2]).toEqual({ name: originals[0]!.name, bytes: 1_500_000, sha256: hex(originals[0]!.bytes) })
    expect(house.received.map(one => one.orderId)).toEqual([order.orderId])
    expect(await clipState()).toBe('packaging')
    await house.store.write(trx => trx.updateTable('order').set({ state: 'succeeded', ended_ms: 1 }).execute())
    expect(await (await complete(house, box, order.orderId)).json()).toEqual(receipt)
    expect(house.received).toHaveLength(1)
    expect(await sweepUploads(house)).toBe(0)
    expect(await house.vault.stat(hex(originals[1]!.bytes))).toEqual({ bytes: 70_000 })
  })

  it('a statement without segments is complete at once', async () => {
    originals = []
    expect((await sendStatement()).status).toBe(204)
    expect((await complete(house, box, order.orderId)).status).toBe(200)
  })

  it('says what is missing before it signs', async () => {
    await sendStatement()
    await sendOriginal(0)
    const answer = await complete(house, box, order.orderId)
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({
      key: 'vault.incomplete',
      params: { missing: 1, first: originals[1]!.name }
    })
  })

  it('says that it can create, and nothing else of tus', async () => {
    const answer = await fetch(house.url + uploadPath, { method: 'OPTIONS', headers: { 'x-box': box.boxId } })
    expect([answer.status, answer.headers.get('tus-extension')]).toEqual([204, 'creation'])
  })

  it('a snapshot needs no statement, and must be a JPEG', async () => {
    order = await house.addOrder(box, 'takeSnapshot')
    const file = { orderId: order.orderId, name: snapshotName }
    expect((await sendFile(house, box, { ...file, body: Buffer.from('<svg onload=…>') })).status).toBe(422)
    const picture = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), randomBytes(1000)])
    expect((await sendFile(house, box, { ...file, body: picture })).status).toBe(204)
    expect((await complete(house, box, order.orderId)).status).toBe(200)
  })
})

describe('after a crash', () => {
  /** As if the centre had died between the last byte and the judgement. */
  const land = async (name: string, bytes: Buffer) => {
    const created = await createUpload(house, box, { orderId: order.orderId, name, length: bytes.length })
    expect(created.status).toBe(201)
    const id = created.headers.get('location')!.split('/').at(-1)!
    await house.vault.append(id, 0, Readable.from([bytes]), bytes.length)
  }

  it('what had landed whole is judged when it is needed: statement by the next original, all by the end', async () => {
    const { statement, seal } = await makeStatement(house, box, order, originals)
    await land(statementName, statement)
    await land(statementSealName, seal)
    for (const { name, bytes } of originals) await land(name, bytes)
    expect((await complete(house, box, order.orderId)).status).toBe(200)
    expect(await house.vault.incoming()).toEqual([])
  })

  it('an original that landed with other bytes gets no receipt', async () => {
    await sendStatement()
    await sendOriginal(0)
    await land(originals[1]!.name, randomBytes(70_000))
    const answer = await complete(house, box, order.orderId)
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ key: 'vault.digestDiffers' })
    expect((await sendOriginal(1)).status).toBe(204)
    expect((await complete(house, box, order.orderId)).status).toBe(200)
  })

  it('an incoming file without a row is swept, one under way is not', async () => {
    await createUpload(house, box, { orderId: order.orderId, name: statementName, length: 10 })
    await house.vault.begin(newId())
    expect(await sweepUploads(house)).toBe(1)
    expect(await house.vault.incoming()).toHaveLength(1)
  })
})

describe('resuming', () => {
  it('a file in two PATCHes, with HEAD between them, is what it was', async () => {
    await sendStatement()
    const { name, bytes } = originals[0]!
    const created = await createUpload(house, box, { orderId: order.orderId, name, length: bytes.length })
    const location = created.headers.get('location')!
    expect(location).toMatch(/^\/uploads\/[0-9a-f-]{36}$/)
    await patchUpload(house, box, { location, offset: 0, body: bytes.subarray(0, 1_100_000) })
    expect((await head(location)).headers.get('upload-offset')).toBe('1100000')
    expect((await patchUpload(house, box, { location, offset: 5, body: bytes.subarray(5) })).status).toBe(409)
    const last = await patchUpload(house, box, { location, offset: 1_100_000, body: bytes.subarray(1_100_000) })
    expect(last.status).toBe(204)
    expect(last.headers.get('upload-offset')).toBe(String(bytes.length))
  })

  it('creating an original again answers the upload under way, and a finished one whole', async () => {
    await sendStatement()
    const { name, bytes } = originals[0]!
    const wish = { orderId: order.orderId, name, length: bytes.length }
    const location = (await createUpload(house, box, wish)).headers.get('location')!
    await patchUpload(house, box, { location, offset: 0, body: bytes.subarray(0, 1000) })
    expect((await createUpload(house, box, wish)).headers.get('location')).toBe(location)
    expect((await head(location)).headers.get('upload-offset')).toBe('1000')
    await patchUpload(house, box, { location, offset: 1000, body: bytes.subarray(1000) })
    expect((await createUpload(house, box, wish)).headers.get('location')).toBe(location)
    expect((await head(location)).headers.get('upload-offset')).toBe(String(bytes.length))
  })

  /** A PATCH by hand, of which only a part is sent. */
  const halfPatch = async (location: string, bytes: Buffer) => {
    const socket = connect(Number(new URL(house.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.resume()
    socket.write(
      `PATCH ${location} HTTP/1.1\r\nHost: x\r\nx-box: ${box.boxId}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n` +
        `Content-Type: application/offset+octet-stream\r\nContent-Length: 1500000\r\n\r\n`
    )
    await new Promise(done => socket.write(bytes, done))
    return socket
  }

  it('a torn PATCH keeps what came', async () => {
    await sendStatement()
    const { name, bytes } = originals[0]!
    const created = await createUpload(house, box, { orderId: order.orderId, name, length: bytes.length })
    const location = created.headers.get('location')!
    const socket = await halfPatch(location, bytes.subarray(0, 600_000))
    socket.end()
    await once(socket, 'close')
    expect((await head(location)).headers.get('upload-offset')).toBe('600000')
  })

  it('a box that comes back takes the upload from its own dead connection', async () => {
    await sendStatement()
    const { name, bytes } = originals[0]!
    const created = await createUpload(house, box, { orderId: order.orderId, name, length: bytes.length })
    const location = created.headers.get('location')!
    // More than one batch, so that the disk shows when the server is at it.
    const socket = await halfPatch(location, bytes.subarray(0, 1_200_000))
    await expect.poll(() => house.vault.size(location.split('/').at(-1)!)).toBeGreaterThan(0)
    const offset = Number((await head(location)).headers.get('upload-offset'))
    expect(socket.destroyed || (await once(socket, 'close')).length).toBeTruthy()
    const rest = await patchUpload(house, box, { location, offset, body: bytes.subarray(offset) })
    expect(rest.status).toBe(204)
  })
})

describe('what is refused', () => {
  it.each([
    ['9000000000000000', 413],
    ['9e15', 400],
    ['-1', 400],
    ['99999999999999999999', 400],
    [String(limits.statementBytes + 1), 413]
  ])('a length of %s', async (length, status) => {
    const answer = await createUpload(house, box, { orderId: order.orderId, name: statementName, length })
    expect(answer.status).toBe(status)
  })

  it('a deferred length, a concatenation, metadata of 2 KB', async () => {
    const wish = { orderId: order.orderId, name: statementName, length: 10 }
    for (const headers of [
      { 'upload-defer-length': '1' },
      { 'upload-concat': 'partial' },
      { 'upload-metadata': `orderId ${'A'.repeat(2000)}` },
      { 'upload-metadata': 'orderId' }
    ])
      expect((await createUpload(house, box, wish, headers as Record<string, string>)).status).toBe(400)
  })

  it('an original before the statement, one that it does not name, and one of another length', async () => {
    expect((await sendOriginal(0)).error).toMatchObject({ key: 'vault.statementFirst' })
    await sendStatement()
    for (const name of ['other.mp4', '../../etc/passwd', snapshotName])
      expect((await createUpload(house, box, { orderId: order.orderId, name, length: 10 })).status).toBe(403)
    const wrong = await createUpload(house, box, { orderId: order.orderId, name: originals[0]!.name, length: 10 })
    expect(await wrong.json()).toMatchObject({ key: 'vault.lengthDiffers' })
  })

  it('another box: its order and its uploads do not exist, whatever the verb', async () => {
    await sendStatement()
    const { name, bytes } = originals[0]!
    const wish = { orderId: order.orderId, name, length: bytes.length }
    const location = (await createUpload(house, box, wish)).headers.get('location')!
    const other = await house.addBox()
    expect((await createUpload(house, other, wish)).status).toBe(404)
    expect((await head(location, other)).status).toBe(404)
    expect((await patchUpload(house, other, { location, offset: 0, body: bytes })).status).toBe(404)
    expect((await complete(house, other, order.orderId)).status).toBe(404)
    for (const by of [box, other])
      expect((await fetch(house.url + location, { method: 'DELETE', headers: { 'x-box': by.boxId } })).status).toBe(404)
    expect((await head(location)).headers.get('upload-offset')).toBe('0')
  })

  it('ids that are none', async () => {
    for (const id of ['..%2f..%2fetc%2fpasswd', '%2e%2e', 'x', newId(), `${newId()}%00`])
      expect((await head(`${uploadPath}/${id}`)).status).toBeGreaterThanOrEqual(400)
  })

  it('an order that has ended', async () => {
    await sendStatement()
    const wish = { orderId: order.orderId, name: originals[0]!.name, length: originals[0]!.bytes.length }
    const location = (await createUpload(house, box, wish)).headers.get('location')!
    await house.store.write(trx => trx.updateTable('order').set({ state: 'cancelled', ended_ms: 1 }).execute())
    expect((await createUpload(house, box, wish)).status).toBe(403)
    expect((await patchUpload(house, box, { location, offset: 0, body: Buffer.from('x') })).status).toBe(403)
    expect((await complete(house, box, order.orderId)).status).toBe(403)
    expect(await sweepUploads(house)).toBe(1)
    expect(await house.vault.incoming()).toEqual([])
    expect((await head(location)).status).toBe(404)
  })

  it('a PATCH past the end', async () => {
    const wish = { orderId: order.orderId, name: statementName, length: 10 }
    const location = (await createUpload(house, box, wish)).headers.get('location')!
    expect((await patchUpload(house, box, { location, offset: 0, body: randomBytes(11) })).status).toBe(413)
    expect((await head(location)).headers.get('upload-offset')).toBe('0')
  })

  it('more than the quota of open uploads, and what the disk has no room for', async () => {
    await house.close()
    house = await openVaultHouse({ quotas: { openUploads: 1 } })
    box = await house.addBox()
    order = await house.addOrder(box)
    const wish = { orderId: order.orderId, name: statementName, length: 10 }
    expect((await createUpload(house, box, wish)).status).toBe(201)
    const second = await createUpload(house, box, { ...wish, name: statementSealName })
    expect([second.status, (await house.vault.incoming()).length]).toEqual([503, 1])
    await house.close()
    house = await openVaultHouse({ quotas: { reserveBytes: 1e18 } })
    box = await house.addBox()
    order = await house.addOrder(box)
    expect((await createUpload(house, box, { ...wish, orderId: order.orderId })).status).toBe(507)
  })
})

describe('what is not believed', () => {
  it('an original whose bytes differ from the statement: gone, its row says why, and it may come again', async () => {
    await sendStatement()
    const bad = Buffer.from(originals[0]!.bytes)
    bad[777]! ^= 1
    const answer = await sendOriginal(0, bad)
    expect(answer).toMatchObject({ status: 422, error: { key: 'vault.digestDiffers' } })
    expect(await house.rows.named(order.orderId, originals[0]!.name)).toMatchObject({ state: 'refused' })
    expect(await house.vault.incoming()).toEqual([])
    expect((await sendOriginal(0)).status).toBe(204)
  })

  it('a statement signed by another box, by an unknown authority, or by a revoked certificate', async () => {
    const other = await house.addBox()
    const foreign = await makeStatement(house, { boxId: box.boxId, key: other.key }, order, originals)
    expect(await sendStatement(foreign)).toMatchObject({ status: 422, error: { key: 'vault.foreignSigner' } })
    const elsewhere = await openVaultHouse()
    const unknown = await makeStatement(elsewhere, await elsewhere.addBox(), order, originals)
    await elsewhere.close()
    expect(await sendStatement(unknown)).toMatchObject({ status: 422, error: { key: 'evidence.chainUntrusted' } })
    const good = await makeStatement(house, box, order, originals)
    await house.store.write(trx => trx.updateTable('box_certificate').set({ revoked_ms: 1 }).execute())
    expect(await sendStatement(good)).toMatchObject({ status: 422, error: { key: 'vault.foreignSigner' } })
    expect((await complete(house, box, order.orderId)).status).toBe(409)
  })

  it.each([
    ['orderId', { orderId: newId() }, 'vault.otherOrder'],
    ['boxId', { boxId: newId() }, 'vault.otherOrder'],
    ['clipId', { clipId: newId() }, 'vault.otherOrder'],
    ['asked', { asked: { fromMs: 1, toMs: 2 } }, 'vault.otherOrder'],
    ['v', { v: 2 }, 'vault.statementShape']
  ])('a statement with another %s', async (_, more, key) => {
    const made = await makeStatement(house, box, order, originals, more as never)
    expect(await sendStatement(made)).toMatchObject({ status: 422, error: { key } })
  })

  it('a segment that changed since it was recorded, and a name that comes twice', async () => {
    const [one] = originals
    originals = [{ ...one!, facts: { sha256: hex(Buffer.from('then')) } }]
    expect(await sendStatement()).toMatchObject({ error: { key: 'vault.changedSinceRecording' } })
    originals = [one!, one!]
    expect(await sendStatement()).toMatchObject({ error: { key: 'vault.otherOrder', params: { field: 'segments' } } })
  })

  it('a statement with one bit changed; afterwards a good one is taken', async () => {
    const made = await makeStatement(house, box, order, originals)
    const at = made.statement.indexOf('T1')
    made.statement[at]! ^= 1
    expect(await sendStatement(made)).toMatchObject({ status: 422, error: { key: 'evidence.sealContent' } })
    expect((await sendStatement()).status).toBe(204)
  })
})
