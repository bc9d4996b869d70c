import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@matthan/base/clock'
import { newId } from '@matthan/base/id'
import { makeLog } from '@matthan/base/log'
import { sealBytes } from '@matthan/evidence/seal'
import { makeAuthority, makeKey, type TestAuthority, type TestKey } from '@matthan/evidence/testing/keys'
import { boxUri } from '@matthan/protocol/enrolment'
import type { StatedSegment, Statement } from '@matthan/protocol/evidence'
import type { OrderKind, OrderPayload, OrderState } from '@matthan/protocol/orders'
import { uploadPath } from '@matthan/protocol/upload'
import { type FastifyInstance, fastify } from 'fastify'
import { type ControlStore, openControlStore } from '../../store/open.ts'
import { type UploadOrder, type UploadRows, uploadRows } from '../../store/uploads.ts'
import { defaultQuotas, makeAdmission, type Quotas } from '../admission.ts'
import { openDiskVault } from '../disk.ts'
import { makeIntake } from '../intake.ts'
import { mountUploads } from '../uploads.ts'
import type { EvidenceStore } from '../vault.ts'

/** A vault with its routes, store and certificates, and what a box does to it; for tests. */
export type VaultHouse = {
  folder: string
  store: ControlStore
  rows: UploadRows
  vault: EvidenceStore
  authority: TestAuthority
  received: UploadOrder[]
  url: string
  app: FastifyInstance
  /** Registers a box with its statement key. */
  addBox(): Promise<TestBox>
  /** An order of a box, with its clip when it extracts. */
  addOrder(box: TestBox, kind?: OrderKind, state?: OrderState): Promise<TestOrder>
  close(): Promise<void>
}
export type TestBox = { boxId: string; key: TestKey }
export type TestOrder = {
  orderId: string
  clipId: string
  viewpointId: string
  asked: { fromMs: number; toMs: number }
}

export const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const yearMs = 365 * 86_400_000

export const openVaultHouse = async (options: { quotas?: Partial<Quotas> } = {}): Promise<VaultHouse> => {
  const folder = await mkdtemp(join(tmpdir(), 'matthan-vault-'))
  const nowMs = systemClock.nowMs()
  const valid = { notBeforeMs: nowMs - 86_400_000, notAfterMs: nowMs + yearMs }
  const authority = await makeAuthority('Vault')
  const root = await makeKey({ name: 'Root', authority: true, ...valid })
  authority.root = root
  authority.issuing = await makeKey({ name: 'Issuing', authority: true, by: root, ...valid })
  const store = openControlStore(join(folder, 'control.db'))
  const rows = uploadRows(store)
  const vault = await openDiskVault(join(folder, 'vault'))
  const received: UploadOrder[] = []
  let orders = 0
  const log = makeLog('test', 'silent')
  const intake = makeIntake({
    vault,
    rows,
    roots: [root.certificate],
    receiptKey: { keyId: 'test', sign: payload => `signed:${hex(Buffer.from(payload))}` },
    clock: systemClock,
    log,
    onReceived: order => received.push(order)
  })
  const admission = makeAdmission({
    vault,
    rows,
    intake,
    clock: systemClock,
    quotas: { ...defaultQuotas, reserveBytes: 0, ...options.quotas }
  })
  const app = fastify({ forceCloseConnections: true })
  await mountUploads(app, { vault, rows, admission, intake, log, boxOf: request => String(request.headers['x-box']) })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })

  return {
    folder,
    store,
    rows,
    vault,
    authority,
    received,
    url,
    app,
    addBox: async () => {
      const boxId = newId()
      const key = await makeKey({ name: `Box ${boxId}`, uri: boxUri(boxId), by: authority.issuing, ...valid })
      await store.write(trx =>
        trx
          .insertInto('box_certificate')
          .values({
            serial: newId(),
            box_id: boxId,
            kind: 'statement',
            pem: '',
            sha256: hex(key.certificate),
            not_before_ms: valid.notBeforeMs,
            not_after_ms: valid.notAfterMs,
            issued_ms: nowMs,
            recovered: 0
          })
          .execute()
      )
      return { boxId, key }
    },
    addOrder: async ({ boxId }, kind = 'extractFootage', state = 'running') => {
      const seq = ++orders
      const orderId = newId()
      const clipId = newId()
      const viewpointId = newId()
      const asked = { fromMs: 1_790_000_000_000, toMs: 1_790_000_060_000 }
      const payload: OrderPayload = {
        orderId,
        boxId,
        seq,
        notBefore: nowMs,
        expiresAt: nowMs + 1_000_000,
        kind,
        args: { clipId, viewpointId, range: asked, holdId: newId() },
        requestedBy: 'Điều tra viên',
        reason: 'thử'
      }
      await store.write(async trx => {
        await trx
          .insertInto('order')
          .values({
            order_id: orderId,
            box_id: boxId,
            seq,
            kind,
            payload: JSON.stringify(payload),
            key_id: 'test',
            sig: '',
            priority: 1,
            state,
            clip_id: kind === 'extractFootage' ? clipId : null,
            requested_by: payload.requestedBy,
            reason: payload.reason,
            created_ms: nowMs,
            expires_ms: payload.expiresAt
          })
          .execute()
        await trx
          .insertInto('clip')
          .values({
            clip_id: clipId,
            evidence_id: `EV-2026-${String(seq).padStart(6, '0')}`,
            viewpoint_id: viewpointId,
            box_id: boxId,
            from_ms: asked.fromMs,
            to_ms: asked.toMs,
            reason: payload.reason,
            requested_by: payload.requestedBy,
            requested_ms: nowMs,
            hold_id: newId(),
            hold_order_id: newId(),
            extract_order_id: orderId,
            state: 'uploading',
            state_ms: nowMs
          })
          .execute()
      })
      return { orderId, clipId, viewpointId, asked }
    },
    close: async () => {
      await app.close()
      await store.close()
      await rm(folder, { recursive: true })
    }
  }
}

export type TestOriginal = { name: string; bytes: Buffer; facts?: Partial<StatedSegment> }

/** What a box says about `originals`, and its seal. */
export const makeStatement = async (
  house: VaultHouse,
  box: TestBox,
  order: TestOrder,
  originals: TestOriginal[],
  more: Partial<Statement> = {}
): Promise<{ statement: Buffer; seal: Buffer }> => {
  const channelId = newId()
  const content: Statement = {
    v: 1,
    what: 'matthan.acquisition',
    orderId: order.orderId,
    clipId: order.clipId,
    boxId: box.boxId,
    madeAt: { ms: systemClock.nowMs(), clock: 'box', synchronised: true },
    agentVersion: '0.1.0',
    bootId: newId(),
    viewpoint: { viewpointId: order.viewpointId, name: 'Chợ Thủ', place: 'cổng chính' },
    asked: order.asked,
    ...(originals.length > 0 ? { delivered: order.asked } : {}),
    complete: originals.length > 0,
    segments: originals.map(({ name, bytes, facts }, index) => ({
      name,
      segmentId: newId(),
      channelId,
      runId: channelId,
      index,
      bytes: bytes.length,
      sha256: hex(bytes),
      sha256AtPull: hex(bytes),
      startMs: order.asked.fromMs + index * 10_000,
      endMs: order.asked.fromMs + (index + 1) * 10_000,
      mediaStartMs: index * 10_000,
      mediaEndMs: (index + 1) * 10_000,
      anchors: [{ fromMediaMs: 0, utcMinusMediaMs: order.asked.fromMs }],
      synchronised: true,
      videoCodec: 'h264',
      torn: false,
      ...facts
    })),
    gaps: originals.length > 0 ? [] : [{ ...order.asked, cause: 'camera' }],
    device: { maker: 'Test', model: 'T1' },
    ...more
  }
  const statement = Buffer.from(JSON.stringify(content))
  const { issuing } = house.authority
  const seal = await sealBytes(statement, {
    key: box.key.key,
    certificate: box.key.certificate,
    issuing: issuing.certificate,
    atMs: systemClock.nowMs()
  })
  return { statement, seal: Buffer.from(seal) }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

export const createUpload = (
  house: VaultHouse,
  box: TestBox,
  wish: { orderId: string; name: string; length: number | string },
  headers: Record<string, string> = {}
): Promise<Response> =>
  fetch(house.url + uploadPath, {
    method: 'POST',
    headers: {
      'x-box': box.boxId,
      'tus-resumable': '1.0.0',
      'upload-length': String(wish.length),
      'upload-metadata': `orderId ${base64(wish.orderId)},name ${base64(wish.name)}`,
      ...headers
    }
  })

export const patchUpload = (
  house: VaultHouse,
  box: TestBox,
  part: { location: string; offset: number; body: Buffer }
): Promise<Response> =>
  fetch(house.url + part.location, {
    method: 'PATCH',
    headers: {
      'x-box': box.boxId,
      'tus-resumable': '1.0.0',
      'upload-offset': String(part.offset),
      'content-type': 'application/offset+octet-stream'
    },
    body: new Uint8Array(part.body)
  })

/** Creates and sends one file. @returns the status of the last answer. */
export const sendFile = async (
  house: VaultHouse,
  box: TestBox,
  file: { orderId: string; name: string; body: Buffer }
): Promise<{ status: number; location: string; error: unknown }> => {
  const created = await createUpload(house, box, { ...file, length: file.body.length })
  const location = created.headers.get('location') ?? ''
  if (created.status !== 201) return { status: created.status, location, error: await created.json().catch(() => null) }
  const sent = await patchUpload(house, box, { location, offset: 0, body: file.body })
  const error = sent.status === 204 ? undefined : await sent.json().catch(() => null)
  return { status: sent.status, location, error }
}

export const complete = (house: VaultHouse, box: TestBox, orderId: string): Promise<Response> =>
  fetch(`${house.url}${uploadPath}/${orderId}/complete`, { method: 'POST', headers: { 'x-box': box.boxId } })
