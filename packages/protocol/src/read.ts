import { MatthanError } from '@matthan/base/error'
import type { z } from 'zod'
import type { DurableRecord, RecordFrame } from './envelope.ts'
import { type RecordKind, recordKinds } from './facts.ts'
import { type OrderArgs, type OrderKind, OrderPayload, orderKinds } from './orders.ts'

/** Validate at both edges: what does not fit its schema becomes one `usage` error that names the field. */
export const readShape = <T>(what: string, schema: z.ZodType<T>, value: unknown): T => {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const reason = `${issue?.path.join('.') || '(root)'}: ${issue?.message ?? 'invalid'}`
  throw new MatthanError('usage', 'base.badShape', { what, reason })
}

/** JSON text of a schema. @throws MatthanError usage, also when it is no JSON or nested deeper than 32. */
export const readMessage = <T>(what: string, schema: z.ZodType<T>, bytes: Uint8Array | string): T => {
  const text = typeof bytes === 'string' ? bytes : decode(what, bytes)
  if (depthOf(text) > 32) throw new MatthanError('usage', 'base.badShape', { what, reason: 'nested deeper than 32' })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new MatthanError('usage', 'base.badShape', { what, reason: 'not JSON' }, { cause: error })
  }
  return readShape(what, schema, value)
}

/** UTF-8, strictly: bytes that are none are no message. */
const decode = (what: string, bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new MatthanError('usage', 'base.badShape', { what, reason: 'not UTF-8' }, { cause: error })
  }
}

/** Deepest nesting by counting brackets outside strings: cheap, and done before the parser recurses. */
const depthOf = (text: string): number => {
  let depth = 0
  let most = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (inString) {
      if (c === 92) i++
      else if (c === 34) inString = false
    } else if (c === 34) inString = true
    else if (c === 91 || c === 123) most = Math.max(most, ++depth)
    else if (c === 93 || c === 125) depth--
  }
  return most
}

/** A record's body by its kind. @throws MatthanError usage for an unknown kind or a body that does not fit. */
export const readRecord = (frame: RecordFrame): DurableRecord => {
  const spec = Object.hasOwn(recordKinds, frame.kind) ? recordKinds[frame.kind as RecordKind] : undefined
  if (!spec) throw new MatthanError('usage', 'base.badShape', { what: frame.kind, reason: 'unknown kind of record' })
  return { kind: frame.kind, body: readShape(frame.kind, spec.schema as z.ZodType, frame.body) } as DurableRecord
}

export type Order = {
  [Kind in OrderKind]: Omit<OrderPayload, 'kind' | 'args'> & { kind: Kind; args: OrderArgs<Kind> }
}[OrderKind]

/** The payload of a signed order whose signature was checked. @throws MatthanError usage for an unknown kind or arguments that do not fit. */
export const readOrder = (payload: string): Order => {
  const outer = readMessage('order', OrderPayload, payload)
  if (!Object.hasOwn(orderKinds, outer.kind))
    throw new MatthanError('usage', 'base.badShape', { what: outer.kind, reason: 'unknown kind of order' })
  const kind = outer.kind as OrderKind
  return { ...outer, kind, args: readShape(kind, orderKinds[kind].args as z.ZodType, outer.args) } as Order
}
