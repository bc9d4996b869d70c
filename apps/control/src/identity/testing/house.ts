// Before @peculiar/x509, whose container of classes needs it.
import 'reflect-metadata'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type Clock, systemClock } from '@matthan/base/clock'
import { type Log, makeLog } from '@matthan/base/log'
import type { EnrolAnswer, EnrolRequest } from '@matthan/protocol/enrolment'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import { type ControlStore, openControlStore } from '../../store/open.ts'
import { type Identity, openIdentity } from '../identity.ts'

/** A centre's identity in a folder of its own, and boxes that are enrolled with it. */
export type House = {
  identity: Identity
  clock: Clock
  /** Moves the wall clock of the centre; durations go on as they are. */
  shiftClock(ms: number): void
  /** Lines that were logged so far. */
  logged(): { msg: string; what?: string; boxId?: string; reason?: string }[]
  log: Log
  store: ControlStore
  folder: string
  /** Opens the same folder again, as after a restart. */
  reopen(): Promise<Identity>
  makeBox(name: string): Promise<TestBox>
  close(): Promise<void>
}

export type Credentials = { key: string; cert: string; ca: string }
export type TestBox = {
  boxId: string
  tls: Credentials
  /** Certificate and key that may sign evidence, but not sign in. */
  statement: Credentials
}

export const p256 = { name: 'ECDSA', namedCurve: 'P-256' } as const
const pemOf = (label: string, der: ArrayBuffer): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`

/** A new key in PEM and a request (PKCS#10) for it. */
export const makeRequest = async (): Promise<{ key: string; csr: string }> => {
  const keys = await crypto.subtle.generateKey(p256, true, ['sign', 'verify'])
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=box',
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' }
  })
  return {
    key: pemOf('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', keys.privateKey)),
    csr: `${request.toString('pem')}\n`
  }
}

/** What a box sends to `/enrol`, and the keys that it keeps. */
export const makeEnrolRequest = async (
  code: string
): Promise<{ request: EnrolRequest; keys: { tls: string; statement: string } }> => {
  const [tls, statement, own] = [await makeRequest(), await makeRequest(), await makeRequest()]
  return {
    request: {
      code,
      csrs: { tls: tls.csr, statement: statement.csr, log: own.csr },
      hostName: 'box',
      agentVersion: '0.1.0',
      fingerprint: 'f'
    },
    keys: { tls: tls.key, statement: statement.key }
  }
}

export const boxOf = (answer: EnrolAnswer, keys: { tls: string; statement: string }): TestBox => {
  const { boxId, issuing, root: ca, certificates } = answer
  return {
    boxId,
    tls: { key: keys.tls, cert: `${certificates.tls}${issuing}`, ca },
    statement: { key: keys.statement, cert: `${certificates.statement}${issuing}`, ca }
  }
}

const nowhere = () => ({ mqttUrl: 'mqtts://localhost:1', deviceUrl: 'https://localhost:1' })

/** @param urls where boxes are told to go. */
export const makeHouse = async (urls = nowhere): Promise<House> => {
  const folder = await mkdtemp(join(tmpdir(), 'matthan-house-'))
  let shiftMs = 0
  const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + shiftMs }
  const lines: string[] = []
  const sink = new PassThrough()
  sink.on('data', (chunk: Buffer) => lines.push(...chunk.toString().split('\n').filter(Boolean)))
  const log = makeLog('test', 'debug', sink)
  const store = openControlStore(join(folder, 'control.db'), clock)
  const reopen = () =>
    openIdentity({
      folder,
      name: 'Trung tâm',
      hosts: ['localhost', '127.0.0.1'],
      urls,
      store,
      clock,
      log
    })
  const identity = await reopen()
  return {
    identity,
    clock,
    log,
    store,
    folder,
    reopen,
    shiftClock: ms => {
      shiftMs = ms
    },
    logged: () => lines.map(line => JSON.parse(line)),
    makeBox: async name => {
      const { request, keys } = await makeEnrolRequest((await identity.enrolment.makeCode({ name })).code)
      return boxOf(await identity.enrolment.redeem(request), keys)
    },
    close: async () => {
      await store.close()
      await rm(folder, { recursive: true })
    }
  }
}

/** What the listeners of this house show. */
export const listenerTls = ({ authority, tickets }: Identity) => ({
  ...authority.serverTls,
  ca: [authority.rootPem, authority.issuingPem],
  ticketKeys: tickets.keys
})
