import type { KeyObject } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { Agent } from 'node:https'
import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import type { Log } from '@matthan/base/log'
import { backOff } from '@matthan/base/retry'
import { limits } from '@matthan/protocol/limits'
import { completePath, type ReceiptPayload, uploadPath } from '@matthan/protocol/upload'
import type { HttpStack } from 'tus-js-client'
import type { UploadRow, Uploads } from '../store/uploads.ts'
import { mayHeal, toError } from './failure.ts'
import { makeHttpStack } from './http_stack.ts'
import { makeMeter } from './meter.ts'
import { readReceipt } from './receipt.ts'
import { sendFile } from './send_file.ts'

/** A file to be sent: `path` as `open` understands it. */
export type UploadFile = { name: string; path: string; bytes: number; sha256: string }
export type UploadProgress = {
  phase: 'uploading' | 'verifying'
  doneBytes: number
  totalBytes: number
  rateBytesPerSecond?: number
  leftMs?: number
}

export type UploaderDeps = {
  uploads: Uploads
  /** Read at each upload: certificates are renewed. */
  identity(): {
    boxId: string
    tls: { key: string; cert: string }
    ca: string
    deviceUrl: string
    commandKeys: ReadonlyMap<string, KeyObject>
  }
  open(path: string): Promise<FileHandle>
  clock: Clock
  log: Log
  /** True when a try has failed, false when bytes move again; for the condition `uploadStuck`. */
  stuck(isStuck: boolean): void
}

export type Uploader = {
  /**
   * Sends the files of an order, the first two (statement, seal) before the others, and answers the centre's checked
   * receipt. Goes on where it was after a restart, and tries until the signal fires when the link is down.
   * @throws MatthanError refused, verification, usage when the centre will not take it.
   */
  uploadOrder(
    orderId: string,
    files: readonly UploadFile[],
    context: { signal: AbortSignal; progress(progress: UploadProgress): void }
  ): Promise<ReceiptPayload>
}

/** Two at once: while one waits for the centre's fsync, the other fills the link. */
const atOnce = 2

export const makeUploader = (deps: UploaderDeps): Uploader => {
  const { uploads, identity, open, clock, log, stuck } = deps

  /** Rows as they must be: a file that changed since (a statement made again) begins anew. */
  const takeUp = (orderId: string, files: readonly UploadFile[]): UploadRow[] => {
    const wanted = new Map(files.map(file => [file.name, file]))
    const known = uploads.list(orderId)
    if (known.some(row => wanted.get(row.name)?.sha256 !== row.sha256)) uploads.forget(orderId)
    uploads.add(files.map(file => ({ ...file, orderId })))
    const rows = new Map(uploads.list(orderId).map(row => [row.name, row]))
    return files.map(file => rows.get(file.name)!)
  }

  const untilDone = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const wait = backOff(1000, 60_000)
    for (;;) {
      try {
        const result = await work()
        stuck(false)
        return result
      } catch (error) {
        signal.throwIfAborted()
        if (!mayHeal(error)) throw toError(error)
        stuck(true)
        log.warn({ err: error }, 'upload waits')
        await clock.sleep(wait.next(), signal)
      }
    }
  }

  const uploadOrder: Uploader['uploadOrder'] = async (orderId, files, { signal, progress }) => {
    const { boxId, deviceUrl, commandKeys } = identity()
    const wire = makeWire(identity)
    const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0)
    const meter = makeMeter(clock)
    const done = new Map<string, number>()
    const tell = (phase: UploadProgress['phase']): void => {
      const doneBytes = [...done.values()].reduce((a, b) => a + b, 0)
      const rate = meter.rate()
      progress({
        phase,
        doneBytes,
        totalBytes,
        ...(rate === undefined ? {} : { rateBytesPerSecond: rate }),
        ...(rate ? { leftMs: ((totalBytes - doneBytes) / rate) * 1000 } : {})
      })
    }

    const sendRow = async (row: UploadRow, cut: AbortSignal): Promise<void> => {
      if (!row.done) {
        let location = row.location
        await untilDone(cut, () =>
          sendFile({
            file: row,
            endpoint: new URL(uploadPath, deviceUrl).href,
            location: location && new URL(location, deviceUrl).href,
            http: wire.http(),
            open,
            clock,
            signal: cut,
            located: url => {
              location = new URL(url).pathname
              uploads.setLocation(orderId, row.name, location)
            },
            moved: (at, newBytes) => {
              done.set(row.name, at)
              if (newBytes > 0) {
                meter.add(newBytes)
                stuck(false)
              }
              tell('uploading')
            }
          })
        )
        uploads.setDone(orderId, row.name)
      }
      done.set(row.name, row.bytes)
    }

    const sendAll = async (rows: UploadRow[]): Promise<void> => {
      for (const row of rows.slice(0, 2)) await sendRow(row, signal)
      const rest = rows.slice(2)
      const failed = new AbortController()
      const cut = AbortSignal.any([signal, failed.signal])
      const worker = async (): Promise<void> => {
        for (let row = rest.shift(); row; row = rest.shift()) await sendRow(row, cut)
      }
      const workers = Array.from({ length: atOnce }, worker)
      for (const one of workers) one.catch(() => failed.abort())
      try {
        await Promise.all(workers)
      } finally {
        // None goes on sending behind a failure.
        await Promise.allSettled(workers)
      }
    }

    try {
      let tries = 0
      for (;;) {
        await sendAll(takeUp(orderId, files))
        tell('verifying')
        const answer = await untilDone(signal, () =>
          complete(wire.http(), new URL(completePath(orderId), deviceUrl).href, signal)
        )
        if (answer !== undefined) {
          const receipt = readReceipt(answer, { orderId, boxId, files }, commandKeys)
          uploads.forget(orderId)
          return receipt
        }
        // The centre misses something that it had (a restored vault): send again what it asks for.
        if (++tries > 2) throw new MatthanError('internal', 'agent.uploadIncomplete', { orderId })
        uploads.forget(orderId)
      }
    } finally {
      wire.close()
    }
  }

  return { uploadOrder }
}

/** Connections under the certificate of the day: an upload may wait longer for its link than a certificate lives. */
const makeWire = (identity: UploaderDeps['identity']): { http(): HttpStack; close(): void } => {
  const agents: Agent[] = []
  let cert = ''
  let http: HttpStack | undefined
  return {
    http: () => {
      const { tls, ca, deviceUrl } = identity()
      if (!http || tls.cert !== cert) {
        cert = tls.cert
        const agent = new Agent({ ...tls, ca, minVersion: 'TLSv1.3', keepAlive: true, maxSockets: atOnce })
        agents.push(agent)
        http = makeHttpStack({ agent, origin: new URL(deviceUrl).origin, idleMs: limits.uploadIdleMs })
      }
      return http
    },
    close: () => {
      for (const agent of agents) agent.destroy()
    }
  }
}

/** The text of the receipt; undefined when the centre says that something is missing (409). */
const complete = async (http: HttpStack, url: string, signal: AbortSignal): Promise<string | undefined> => {
  signal.throwIfAborted()
  const request = http.createRequest('POST', url)
  const cut = (): void => {
    void request.abort()
  }
  signal.addEventListener('abort', cut, { once: true })
  try {
    const response = await request.send(null)
    const status = response.getStatus()
    if (status === 409) return undefined
    if (status >= 200 && status < 300) return response.getBody()
    throw Object.assign(new Error(`complete: ${status}`), { originalRequest: request, originalResponse: response })
  } finally {
    signal.removeEventListener('abort', cut)
  }
}
