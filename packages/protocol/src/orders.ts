import { z } from 'zod'
import { Bytes, Id, Milliseconds, Range, Sha256, text, WireError } from './scalars.ts'

/**
 * Orders, centre → box: a row, then a message (I5). There is none that runs a shell command. Each kind: the
 * schema of its arguments and of what it answers when it succeeded, its priority (higher goes first), and
 * whether a box on hold-only (0-decisions, Wire) still does it.
 */
export const orderKinds = {
  /** Keep footage from being overwritten. Closed segments are linked at once, open and later ones as they close. */
  placeHold: {
    priority: 100,
    whenHoldOnly: true,
    args: z.object({
      holdId: Id,
      viewpointId: Id,
      range: Range,
      owner: text(200),
      reason: text(500),
      expiresMs: Milliseconds
    }),
    output: z.object({
      segments: z.int().min(0),
      bytes: Bytes,
      /** Seconds of the range still to come or still open. */ pendingMs: z.number().min(0)
    })
  },
  releaseHold: {
    priority: 40,
    whenHoldOnly: false,
    args: z.object({ holdId: Id, reason: text(500) }),
    output: z.object({ freedBytes: Bytes })
  },
  /** Whole original segments covering the range, uploaded with a signed statement. */
  extractFootage: {
    priority: 50,
    whenHoldOnly: true,
    args: z.object({ clipId: Id, viewpointId: Id, range: Range, holdId: Id }),
    output: z.object({ statementSha256: Sha256, segments: z.int().min(0), bytes: Bytes, gaps: z.int().min(0) })
  },
  /** One picture now. */
  takeSnapshot: {
    priority: 30,
    whenHoldOnly: false,
    args: z.object({ snapshotId: Id, viewpointId: Id }),
    output: z.object({ sha256: Sha256, bytes: Bytes, takenMs: Milliseconds, width: z.int(), height: z.int() })
  },
  /** Ask a camera who it is and what it streams. */
  probeCamera: {
    priority: 20,
    whenHoldOnly: false,
    args: z.object({ channelId: Id }),
    output: z.object({
      kind: z.enum(['onvif', 'rtsp']),
      manufacturer: text(100).optional(),
      model: text(100).optional(),
      firmware: text(100).optional(),
      serial: text(100).optional(),
      clockOffsetMs: z.number().optional(),
      clockUncertaintyMs: z.number().optional(),
      streams: z
        .array(
          z.object({
            token: text(100),
            videoCodec: text(20),
            width: z.int(),
            height: z.int(),
            fps: z.number().optional(),
            audioCodec: text(20).optional()
          })
        )
        .max(64)
    })
  },
  /** Ends an order that has not finished. Answered for the cancelled order too, as `cancelled`. */
  cancelOrder: {
    priority: 90,
    whenHoldOnly: true,
    args: z.object({ orderId: Id }),
    output: z.object({ wasRunning: z.boolean() })
  }
} as const

export type OrderKind = keyof typeof orderKinds
export const orderKindNames = Object.keys(orderKinds) as [OrderKind, ...OrderKind[]]
export type OrderArgs<Kind extends OrderKind = OrderKind> = z.infer<(typeof orderKinds)[Kind]['args']>
export type OrderOutput<Kind extends OrderKind = OrderKind> = z.infer<(typeof orderKinds)[Kind]['output']>

/** `queued → delivered → accepted → running → ` one terminal state, for ever (I5). */
export const terminalStates = ['succeeded', 'failed', 'rejected', 'expired', 'cancelled'] as const
export type TerminalState = (typeof terminalStates)[number]
export const orderStates = ['queued', 'delivered', 'accepted', 'running', ...terminalStates] as const
export type OrderState = (typeof orderStates)[number]

/** The signed text of an order. `seq` rises per box and only reveals a restored centre; it never rejects. */
export const OrderPayload = z.object({
  orderId: Id,
  boxId: Id,
  seq: z.int().min(1),
  notBefore: Milliseconds,
  expiresAt: Milliseconds,
  kind: z.string().max(60),
  args: z.unknown(),
  requestedBy: text(200),
  reason: text(500)
})
export type OrderPayload = z.infer<typeof OrderPayload>

/**
 * An order on the wire. `sig` is ECDSA P-256 with SHA-256 in DER, base64url, over the UTF-8 bytes of `payload` as
 * sent; there is no canonical form, so nothing can be read in two ways.
 */
export const SignedOrder = z.object({
  payload: z.string().max(60_000),
  keyId: z.string().max(64),
  sig: z.string().max(200)
})
export type SignedOrder = z.infer<typeof SignedOrder>

/** The terminal answer, sent once as a durable record and again, the same, for every repeat of the order. */
export const OrderResult = z.object({
  orderId: Id,
  state: z.enum(terminalStates),
  output: z.unknown().optional(),
  error: WireError.optional()
})
export type OrderResult = z.infer<typeof OrderResult>
