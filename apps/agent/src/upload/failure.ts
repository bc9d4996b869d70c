import { fromUnknown, MatthanError } from '@matthan/base/error'
import { readMessage } from '@matthan/protocol/read'
import { WireError } from '@matthan/protocol/scalars'
import type { HttpRequest, HttpResponse } from 'tus-js-client'

/** What tus-js-client throws: an answer of the centre, or a cause from the network. */
type Failure = {
  originalRequest?: HttpRequest
  originalResponse?: HttpResponse | null
  causingError?: Error | null
}

const statusOf = (error: unknown): number | undefined => (error as Failure).originalResponse?.getStatus()

/** The centre's refusal, with the sentence it gave, or the network's error by its kind. */
export const toError = (error: unknown): MatthanError => {
  if (error instanceof MatthanError) return error
  const { originalResponse, causingError } = error as Failure
  if (!originalResponse) return fromUnknown(causingError ?? error)
  const status = originalResponse.getStatus()
  let told: WireError | undefined
  try {
    told = readMessage('answer of the centre', WireError, originalResponse.getBody())
  } catch {
    // Not our centre's words (a proxy in between): the number has to do.
  }
  const reason = told ? `${status} ${told.key}` : String(status)
  if (status >= 500 || status === 429) return new MatthanError('unreachable', 'agent.centreBusy', { reason })
  return new MatthanError(told?.kind ?? 'refused', 'agent.uploadRefused', { reason }, { cause: error })
}

/** An upload that the centre lost or that another try still holds is found or made again by the next try. */
const passing = [404, 409, 410, 423]

/** Whether trying again later may help: everything but a clear no. */
export const mayHeal = (error: unknown): boolean => {
  const status = statusOf(error)
  if (status !== undefined && status > 0)
    return (
      status >= 500 ||
      status === 429 ||
      (passing.includes(status) && (error as Failure).originalRequest?.getMethod() !== 'POST')
    )
  return ['unreachable', 'busy', 'internal'].includes(toError(error).kind)
}
