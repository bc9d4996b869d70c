import { request } from 'node:http'
import { Readable } from 'node:stream'
import { type ErrorKind, MatthanError } from '@matthan/base/error'
import { exitCodeOf } from '@matthan/base/exit-code'
import type { ErrorKey } from '@matthan/base/text/say'
import { WireError } from '@matthan/protocol/scalars'
import { createTRPCClient, httpLink, TRPCClientError } from '@trpc/client'
import type { AppRouter } from '../api/router.ts'
import { placesIn } from '../config.ts'
import { apiPath } from '../http/trpc.ts'

export type Client = ReturnType<typeof connectLocal>

/** The centre that runs on this data folder, over its socket. */
export const connectLocal = (folder: string) =>
  createTRPCClient<AppRouter>({
    links: [httpLink({ url: `http://localhost${apiPath}`, fetch: fetchOver(placesIn(folder).socket) })]
  })

type Fetch = (
  url: string | URL | Request,
  init?: RequestInit | { method?: string; body?: unknown }
) => Promise<Response>

/** `fetch` over a unix socket, as much of it as tRPC needs. */
const fetchOver =
  (socketPath: string): Fetch =>
  (url, init) =>
    new Promise((resolve, reject) => {
      const { pathname, search } = new URL(String(url))
      const headers = { 'content-type': 'application/json', host: 'localhost' }
      const path = pathname + search
      // No agent: a connection that is kept would keep the program from ending, and outlive the centre.
      const options = { socketPath, path, method: init?.method ?? 'GET', headers, agent: false }
      const asked = request(options, answer => {
        const body = Readable.toWeb(answer) as ReadableStream
        resolve(new Response(body, { status: answer.statusCode ?? 500 }))
      })
      asked.on('error', reject)
      asked.end(typeof init?.body === 'string' ? init.body : undefined)
    })

const isKind = (kind: string): kind is ErrorKind => Object.hasOwn(exitCodeOf, kind)

/** An error of the other side, as one of ours. */
export const fromClient = (error: unknown, folder: string): unknown => {
  if (!(error instanceof TRPCClientError)) return error
  const wire = WireError.safeParse((error.data as { wire?: unknown } | undefined)?.wire).data
  if (wire && isKind(wire.kind)) return new MatthanError(wire.kind, wire.key as ErrorKey, wire.params, { cause: error })
  const code = (error.cause as { code?: unknown } | undefined)?.code
  if (code === 'ENOENT' || code === 'ECONNREFUSED')
    return new MatthanError('unreachable', 'control.notRunning', { folder }, { cause: error })
  return error.cause ?? error
}
