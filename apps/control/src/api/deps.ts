import type { Progress } from '@matthan/protocol/envelope'
import type { OrderArgs, OrderKind } from '@matthan/protocol/orders'
import type { ControlStore } from '../store/open.ts'

/** What procedures may use; each takes its part of it. */
export type ApiDeps = {
  store: ControlStore
  nowMs(): number
  makeCode(wanted: { name: string; unitLabel?: string }): Promise<{ code: string; boxId: string; expiresMs: number }>
  revokeBox(boxId: string, reason: string): Promise<void>
  requestClip(wish: {
    viewpointId: string
    fromMs: number
    toMs: number
    reason: string
    requestedBy: string
  }): Promise<string>
  cancelClip(clipId: string, why: { requestedBy: string; reason: string }): Promise<void>
  giveOrder<Kind extends OrderKind>(
    boxId: string,
    kind: Kind,
    args: OrderArgs<Kind>,
    wish: { requestedBy: string; reason: string; expiresMs: number }
  ): Promise<string>
  progressOf(orderId: string): Progress | undefined
  /** Where packages lie. */
  vaultFolder: string
  centre(): { name: string; rootSha256: string; dataFolder: string; addresses: Record<string, string> }
  /** Fires when the centre stops: subscriptions end. */
  signal: AbortSignal
}
