import { type Clock, sayInstant } from '@matthan/base/clock'
import { MatthanError, toWire } from '@matthan/base/error'
import { newId } from '@matthan/base/id'
import type { Progress } from '@matthan/protocol/envelope'
import { limits } from '@matthan/protocol/limits'
import { type OrderArgs, type OrderKind, orderKinds, type TerminalState } from '@matthan/protocol/orders'
import type { WireError } from '@matthan/protocol/scalars'
import type { Note } from '../store/changes.ts'
import { type ClipRow, clipById, clipsOfBox, insertClip, nextLabel, setClipState } from '../store/clips.ts'
import type { ControlStore, Writer } from '../store/open.ts'
import { type OrderRow, orderById } from '../store/orders.ts'
import { viewpointById } from '../store/places.ts'
import { boxStates, type ClipEvent, endStates, nextState } from './states.ts'

export type ClipWish = { viewpointId: string; fromMs: number; toMs: number; reason: string; requestedBy: string }

type Work = { trx: Writer; note: Note }
type Why = { requestedBy: string; reason: string }
export type ClipDeps = {
  store: ControlStore
  clock: Clock
  isOnline(boxId: string): boolean
  /** The dispatcher's. */
  orderWithin<Kind extends OrderKind>(
    work: Work,
    boxId: string,
    kind: Kind,
    args: OrderArgs<Kind>,
    wish: Why & { expiresMs: number; clipId?: string }
  ): Promise<string>
  cancelWithin(work: Work, orderId: string, why: Why): Promise<void>
}

export type Clips = {
  /** Rows for the clip, its hold and its extraction, in one transaction. @returns the clip's id. */
  request(wish: ClipWish): Promise<string>
  /** @throws MatthanError refused when it has ended or is being packed. */
  cancel(clipId: string, why: Why): Promise<void>
  orderEnded(
    work: Work,
    order: OrderRow,
    end: { state: TerminalState; output?: unknown; error?: WireError | undefined }
  ): Promise<void>
  orderProgress(order: OrderRow, progress: Progress): Promise<void>
  boxOnline(boxId: string, online: boolean): Promise<void>
}

/** A box that is away longer than this does not begin any more; the hold ends at the same time. */
const clipLifeMs = 7 * 24 * 3600_000

export const makeClips = (deps: ClipDeps): Clips => {
  const { store, clock } = deps

  const move = async (work: Work, clip: ClipRow, event: ClipEvent, error?: WireError): Promise<void> => {
    const state = nextState(clip.state, event)
    if (state === clip.state) return
    const why = state === 'failed' ? (error ?? toWire(new MatthanError('internal', 'control.noReceipt'))) : undefined
    await setClipState(work.trx, work.note, clip.clip_id, state, clock.nowMs(), why as WireError | undefined)
  }

  const request = async (work: Work, wish: ClipWish): Promise<string> => {
    const nowMs = clock.nowMs()
    const viewpoint = await viewpointById(work.trx, wish.viewpointId)
    if (!viewpoint) throw new MatthanError('notFound', 'control.noViewpoint', { viewpoint: wish.viewpointId })
    const boxId = viewpoint.box_id
    const clipId = newId()
    const holdId = newId()
    const range = { fromMs: wish.fromMs, toMs: wish.toMs }
    const expiresMs = nowMs + clipLifeMs
    const evidenceId = await nextLabel(work.trx, yearOf(nowMs))
    const why = { requestedBy: wish.requestedBy, reason: wish.reason, expiresMs, clipId }
    const { viewpointId } = wish
    const hold = { holdId, viewpointId, range, owner: evidenceId, reason: wish.reason, expiresMs }
    const holdOrderId = await deps.orderWithin(work, boxId, 'placeHold', hold, why)
    const extraction = { clipId, viewpointId, range, holdId }
    const extractOrderId = await deps.orderWithin(work, boxId, 'extractFootage', extraction, why)
    await insertClip(work.trx, work.note, {
      clip_id: clipId,
      evidence_id: evidenceId,
      viewpoint_id: viewpointId,
      box_id: boxId,
      from_ms: wish.fromMs,
      to_ms: wish.toMs,
      reason: wish.reason,
      requested_by: wish.requestedBy,
      requested_ms: nowMs,
      hold_id: holdId,
      hold_order_id: holdOrderId,
      extract_order_id: extractOrderId,
      state: deps.isOnline(boxId) ? 'requested' : 'waitingForBox',
      state_ms: nowMs,
      complete: null,
      error: null,
      package_id: null
    })
    return clipId
  }

  const cancel = async (work: Work, clipId: string, why: Why): Promise<void> => {
    const clip = await clipById(work.trx, clipId)
    if (!clip) throw new MatthanError('notFound', 'control.noClip', { clip: clipId })
    if (!boxStates.includes(clip.state))
      throw new MatthanError('refused', 'control.clipTooLate', { clip: clip.evidence_id, state: clip.state })
    await setClipState(work.trx, work.note, clipId, 'cancelled', clock.nowMs())
    await deps.cancelWithin(work, clip.extract_order_id, why)
    await deps.cancelWithin(work, clip.hold_order_id, why)
    const hold = await orderById(work.trx, clip.hold_order_id)
    // A hold that no box has ever seen was cancelled with its row.
    if (hold?.state === 'cancelled') return
    const release = { holdId: clip.hold_id, reason: why.reason }
    const wish = { ...why, expiresMs: clock.nowMs() + clipLifeMs, clipId }
    await deps.orderWithin(work, clip.box_id, 'releaseHold', release, wish)
  }

  return {
    request: async wish => {
      checkRange(wish, clock.nowMs())
      return await store.write((trx, note) => request({ trx, note }, wish))
    },
    cancel: (clipId, why) => store.write((trx, note) => cancel({ trx, note }, clipId, why)),
    orderEnded: async (work, order, end) => {
      if (!order.clip_id || order.kind !== 'extractFootage') return
      const clip = await clipById(work.trx, order.clip_id)
      if (clip) await move(work, clip, eventOf(end), end.error)
    },
    orderProgress: async (order, progress) => {
      if (!order.clip_id || order.kind !== 'extractFootage') return
      const clip = await clipById(store.read, order.clip_id)
      const event: ClipEvent = { what: 'progress', phase: progress.phase }
      if (!clip || nextState(clip.state, event) === clip.state) return
      await store.write(async (trx, note) => {
        const now = await clipById(trx, clip.clip_id)
        if (now) await move({ trx, note }, now, event)
      })
    },
    boxOnline: async (boxId, online) => {
      const event: ClipEvent = { what: online ? 'boxBack' : 'boxAway' }
      if ((await clipsOfBox(store.read, boxId, boxStates)).length === 0) return
      await store.write(async (trx, note) => {
        for (const clip of await clipsOfBox(trx, boxId, boxStates)) await move({ trx, note }, clip, event)
      })
    }
  }
}

const eventOf = (end: { state: TerminalState; output?: unknown }): ClipEvent => {
  if (end.state === 'cancelled') return { what: 'extractionCancelled' }
  if (end.state !== 'succeeded') return { what: 'extractionFailed' }
  return { what: 'extracted', segments: orderKinds.extractFootage.output.parse(end.output).segments }
}

/** @throws MatthanError usage */
const checkRange = ({ fromMs, toMs }: ClipWish, nowMs: number): void => {
  if (toMs <= fromMs) throw new MatthanError('usage', 'control.rangeReversed')
  if (toMs - fromMs > limits.clipRangeMs)
    throw new MatthanError('usage', 'control.rangeTooLong', { hours: limits.clipRangeMs / 3600_000 })
  if (toMs > nowMs + limits.clockSlackMs) throw new MatthanError('usage', 'control.rangeInFuture')
}

/** dd/MM/yyyy …: the year in Viet Nam, because the label stands on paper there. */
const yearOf = (ms: number): number => Number(sayInstant(ms).slice(6, 10))

export const isEnded = (clip: ClipRow): boolean => endStates.includes(clip.state)
