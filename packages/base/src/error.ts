import { type ErrorKey, hintOf, type Language, type Params, sentenceOf } from './text/say.ts'

/**
 * What went wrong, as a class that machines act on. Every kind has an exit code (`exit-code.ts`), and each
 * edge (tRPC, HTTP, MQTT results) maps kinds with an exhaustive table of its own.
 */
export type ErrorKind =
  | 'usage' // the person's or the caller's input cannot be understood
  | 'config' // a setting or a file of ours is wrong
  | 'notEnrolled' // the box has no identity yet
  | 'unreachable' // the other side does not answer; trying again later may help
  | 'refused' // policy or identity says no
  | 'verification' // bytes are not what they were signed or hashed as
  | 'busy' // somebody else holds it, or a limit is reached; trying again later helps
  | 'notFound' // no such thing
  | 'exhausted' // disk, quota or memory is at its end
  | 'dataLoss' // a store of ours is damaged
  | 'internal' // a defect of ours

/**
 * The one error of the project: a kind, a sentence from the catalogue with its parameters, a hint that says
 * what to do, and the cause. `message` is the English sentence (for logs and stacks); a person is shown
 * `sayError(error, language)`.
 */
export class MatthanError extends Error {
  override name = 'MatthanError'
  readonly kind: ErrorKind
  readonly key: ErrorKey
  readonly params: Params

  constructor(kind: ErrorKind, key: ErrorKey, params: Params = {}, options: { cause?: unknown } = {}) {
    super(sentenceOf('en', key, params), options)
    this.kind = kind
    this.key = key
    this.params = params
  }

  get hint(): string {
    return hintOf('en', this.key, this.params)
  }
}

/** An error as it crosses a wire: the reader renders it in the reader's language. */
export type ErrorOnWire = { kind: ErrorKind; key: string; params: Params }

export const toWire = (error: unknown): ErrorOnWire => {
  const e = fromUnknown(error)
  return { kind: e.kind, key: e.key, params: e.params }
}

/** The single funnel for foreign errors: system errors get the kind they mean, the rest is `internal`. */
export const fromUnknown = (error: unknown): MatthanError => {
  if (error instanceof MatthanError) return error
  const code = (error as { code?: unknown } | null)?.code
  const reason = error instanceof Error ? error.message : String(error)
  const options = { cause: error }
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'SQLITE_FULL':
      return new MatthanError('exhausted', 'base.diskFull', { reason }, options)
    case 'EROFS':
      return new MatthanError('exhausted', 'base.readOnly', { reason }, options)
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return new MatthanError('dataLoss', 'base.storeDamaged', { reason }, options)
    case 'SQLITE_BUSY':
    case 'EBUSY':
    case 'EADDRINUSE':
      return new MatthanError('busy', 'base.busy', { reason }, options)
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EPIPE':
      return new MatthanError('unreachable', 'base.unreachable', { reason }, options)
    case 'EACCES':
    case 'EPERM':
      return new MatthanError('refused', 'base.noPermission', { reason }, options)
    case 'ENOENT':
      return new MatthanError('notFound', 'base.noSuchFile', { reason }, options)
  }
  if ((error as { name?: unknown } | null)?.name === 'AbortError')
    return new MatthanError('busy', 'base.interrupted', {}, options)
  return new MatthanError('internal', 'base.internal', { reason }, options)
}

/** What a person reads: the sentence, and what to do next, in their language. */
export const sayError = (error: unknown, language: Language): { message: string; hint: string } => {
  const e = fromUnknown(error)
  return { message: sentenceOf(language, e.key, e.params), hint: hintOf(language, e.key, e.params) }
}
