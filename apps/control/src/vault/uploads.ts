import { AsyncLocalStorage } from 'node:async_hooks'
import { fromUnknown, MatthanError } from '@matthan/base/error'
import { isId } from '@matthan/base/id'
import type { Log } from '@matthan/base/log'
import { completePath, uploadPath } from '@matthan/protocol/upload'
import { Server } from '@tus/server'
import { Metadata, TUS_RESUMABLE } from '@tus/utils'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { UploadRows } from '../store/uploads.ts'
import type { Admission, Wish } from './admission.ts'
import { httpAnswer } from './http-error.ts'
import type { Intake } from './intake.ts'
import { makeTusStore } from './tus-store.ts'
import { type Body, makeUploadLocker } from './upload-locker.ts'
import type { EvidenceStore } from './vault.ts'

export type UploadDeps = {
  vault: EvidenceStore
  rows: UploadRows
  admission: Admission
  intake: Intake
  /** Id of the box, from the certificate that was verified on this connection (I7). */
  boxOf(request: FastifyRequest): string
  log: Log
}

/** What the tus handler may see; everything else of a request is ours. */
const tusHeaders = ['tus-resumable', 'upload-offset', 'content-length'] as const

/**
 * Mounts `POST /uploads`, `HEAD` and `PATCH /uploads/<id>`, `OPTIONS /uploads` and `POST /uploads/<orderId>/complete`.
 * Every one asks first whose box it is and whether that box may (T13). There is no way to delete, to defer a length, to upload
 * while creating, or to concatenate.
 */
export const mountUploads = async (app: FastifyInstance, deps: UploadDeps): Promise<void> => {
  const { admission, intake, log } = deps
  const bodies = new AsyncLocalStorage<Body>()
  const created = new WeakMap<Request, string>()

  const tus = new Server({
    path: uploadPath,
    datastore: makeTusStore({ vault: deps.vault, bodies, upload: deps.rows.upload }),
    locker: makeUploadLocker(bodies),
    relativeLocation: true,
    namingFunction: request => created.get(request)!,
    onUploadFinish: async (_, { id }) => {
      const row = await deps.rows.upload(id)
      if (row) await intake.finish(row)
      return {}
    },
    onResponseError: (_, error) => ('status_code' in error ? undefined : httpAnswer(fromUnknown(error)))
  })

  const throughTus = async (request: FastifyRequest, reply: FastifyReply, url: string, uploadId?: string) => {
    const headers = new Headers()
    for (const name of [...tusHeaders, ...(uploadId ? ['upload-length'] : ['content-type'])]) {
      const value = request.headers[name]
      if (typeof value === 'string') headers.set(name, value)
    }
    const web = new Request(new URL(url, 'https://box.invalid'), { method: request.method, headers })
    if (uploadId) created.set(web, uploadId)
    const response = await bodies.run({ raw: request.raw }, () => tus.handleWeb(web))
    for (const [name, value] of response.headers) if (!name.startsWith('access-control-')) reply.header(name, value)
    return reply.code(response.status).send(await response.text())
  }

  await app.register(async scope => {
    // Bodies are read by the vault, batch by batch, never by a parser.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    scope.setErrorHandler((error, _request, reply) => {
      const status = (error as { statusCode?: unknown }).statusCode
      if (!(error instanceof MatthanError) && typeof status === 'number' && status < 500)
        return reply.code(status).send()
      const known = fromUnknown(error)
      if (known.kind === 'internal' || known.kind === 'dataLoss')
        log.error({ err: known.cause ?? known }, 'uploadFailed')
      const { status_code, body } = httpAnswer(known)
      // What was not read of a body that is refused is not worth reading.
      return reply
        .code(status_code)
        .header('connection', 'close')
        .header('tus-resumable', TUS_RESUMABLE)
        .type('application/json')
        .send(body)
    })

    scope.post(uploadPath, async (request, reply) => {
      const boxId = deps.boxOf(request)
      const uploadId = await admission.create(boxId, readWish(request))
      return await throughTus(request, reply, uploadPath, uploadId)
    })

    for (const method of ['HEAD', 'PATCH'] as const)
      scope.route<{ Params: { id: string } }>({
        method,
        url: `${uploadPath}/:id`,
        handler: async (request, reply) => {
          const boxId = deps.boxOf(request)
          const id = checkedId(request.params.id)
          const upload = await admission.own(boxId, id)
          if (method === 'PATCH') await intake.liveOrder(boxId, upload.orderId)
          return await throughTus(request, reply, `${uploadPath}/${id}`)
        }
      })

    scope.options(uploadPath, async (request, reply) => {
      deps.boxOf(request)
      return await throughTus(request, reply, uploadPath)
    })

    scope.post<{ Params: { orderId: string } }>(completePath(':orderId'), async (request, reply) => {
      const receipt = await intake.complete(deps.boxOf(request), checkedId(request.params.orderId))
      return reply.type('application/json').send(JSON.stringify(receipt))
    })
  })
}

const checkedId = (id: string): string => {
  if (!isId(id)) throw new MatthanError('notFound', 'vault.noUpload', { uploadId: id.slice(0, 40) })
  return id
}

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}

/** Which file a box wants to send. @throws MatthanError usage */
const readWish = (request: FastifyRequest): Wish => {
  const bad = (field: string) => new MatthanError('usage', 'vault.badRequest', { field })
  if (header(request, 'upload-defer-length') !== undefined) throw bad('Upload-Defer-Length')
  if (header(request, 'upload-concat') !== undefined) throw bad('Upload-Concat')
  const length = header(request, 'upload-length')
  // Digits only: `parseInt` would read 9e15 as 9.
  if (!length || !/^\d{1,16}$/.test(length)) throw bad('Upload-Length')
  const text = header(request, 'upload-metadata')
  if (!text || text.length > 1000) throw bad('Upload-Metadata')
  let metadata: Record<string, string | null>
  try {
    metadata = Metadata.parse(text)
  } catch {
    throw bad('Upload-Metadata')
  }
  const { orderId, name } = metadata
  if (!orderId || !isId(orderId) || !name || name.length > 100) throw bad('Upload-Metadata')
  return { orderId, name, length: Number(length) }
}
