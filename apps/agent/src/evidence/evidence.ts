import { createHash } from 'node:crypto'
import type { Clock } from '@matthan/base/clock'
import { bootId } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { hashFile } from '@matthan/base/files'
import type { SealKey } from '@matthan/evidence/seal'
import type { Assignment, Viewpoint } from '@matthan/protocol/entities'
import { type StatedSegment, Statement } from '@matthan/protocol/evidence'
import { readShape } from '@matthan/protocol/read'
import type { Range } from '@matthan/protocol/scalars'
import type { Footage } from '../footage/footage.ts'
import { clip } from '../footage/spans.ts'
import type { Events } from '../store/events.ts'
import type { Segment, Segments } from '../store/segments.ts'
import { namesOf } from './names.ts'
import { checkRange } from './range.ts'
import { type ChannelFootage, type Selection, selectFootage } from './select.ts'
import { waitForRange } from './wait.ts'

export type EvidenceDeps = {
  segments: Segments
  events: Events
  footage: Footage
  clock: Clock
  agentVersion: string
  viewpoint(viewpointId: string): Viewpoint | undefined
  assignmentsOf(viewpointId: string): readonly Assignment[]
  /** What is known of the camera behind a channel. */
  device(channelId: string): Statement['device']
  synchronised(): boolean
  clockOffset(): Statement['clock'] | undefined
  /** Read at each statement: keys are renewed. */
  signer(): SealKey & { boxId: string }
  /** Takes in what the recorder has closed meanwhile. */
  refresh(): Promise<unknown>
  /** Whether footage of this channel is being written now. */
  isRecording(channelId: string): Promise<boolean>
}

export type EvidenceRequest = { orderId: string; clipId: string; viewpointId: string; range: Range; holdId?: string }
export type EvidenceContext = {
  signal: AbortSignal
  progress(progress: { phase: 'stating'; doneBytes: number; totalBytes: number }): void
}
export type Stated = {
  statement: Statement
  /** acquisition.json and acquisition.json.p7s as they are sent. */
  content: Uint8Array
  seal: Uint8Array
  sha256: string
  files: { name: string; segment: Segment }[]
}

/** Makes the box's statement about one extraction: what was asked, what is there, what is missing, and the clock. */
export const makeEvidence = (deps: EvidenceDeps) => {
  const { segments, events, footage, clock, viewpoint, assignmentsOf } = deps

  const footageOf = (assignments: readonly Assignment[], range: Range): ChannelFootage[] =>
    assignments.map(assignment => ({
      assignment,
      // A little wider: the envelope of a neighbour may only touch the range.
      segments: segments.inRange(assignment.channelId, { fromMs: range.fromMs - 2000, toMs: range.toMs + 2000 }),
      events: events.around(assignment.channelId, range.fromMs, range.toMs),
      overwrittenUntilMs: segments.overwrittenUntil(assignment.channelId),
      firstRunMs: events.firstRunMs(assignment.channelId)
    }))

  const select = async (request: EvidenceRequest, signal: AbortSignal): Promise<Selection> => {
    const { range, viewpointId } = request
    const assignments = assignmentsOf(viewpointId).filter(a =>
      clip(range, { fromMs: a.fromMs, toMs: a.toMs ?? Number.MAX_SAFE_INTEGER })
    )
    const current = assignments.filter(a => a.toMs === undefined || a.toMs >= range.toMs).map(a => a.channelId)
    await deps.refresh()
    await waitForRange({ ...deps, signal, range, channelIds: current })
    // Where it is still being written the end is open; where it is not, the gap has a cause of its own.
    const stillOpen = (await Promise.all(current.map(deps.isRecording))).some(is => is)
    const newest = current.map(id => segments.newest(id)?.endMs ?? 0).reduce((a, b) => Math.max(a, b), 0)
    const now = clock.nowMs()
    return selectFootage(range, footageOf(assignments, range), stillOpen ? Math.min(now, Math.max(newest, 0)) : now)
  }

  /** Reads the original again, from the hold where it is linked. @throws MatthanError verification when it changed. */
  const hashOriginal = async (segment: Segment, holdId: string | undefined): Promise<string> => {
    const handle = await footage.open(segment, holdId)
    try {
      const { bytes, sha256 } = await hashFile(handle)
      if (bytes !== segment.bytes || sha256 !== segment.sha256)
        throw new MatthanError('verification', 'agent.segmentChanged', {
          segmentId: segment.segmentId,
          path: segment.path,
          sha256,
          recorded: segment.sha256
        })
      return sha256
    } finally {
      await handle.close()
    }
  }

  const stateSegments = async (
    chosen: readonly Segment[],
    holdId: string | undefined,
    { signal, progress }: EvidenceContext
  ): Promise<StatedSegment[]> => {
    const names = namesOf(chosen)
    const totalBytes = chosen.reduce((sum, s) => sum + s.bytes, 0)
    const stated: StatedSegment[] = []
    let doneBytes = 0
    for (const segment of chosen) {
      signal.throwIfAborted()
      const sha256AtPull = await hashOriginal(segment, holdId)
      const { path: _, bootId: __, ...rest } = segment
      stated.push({ ...rest, name: names.get(segment.segmentId)!, sha256AtPull })
      doneBytes += segment.bytes
      progress({ phase: 'stating', doneBytes, totalBytes })
    }
    return stated
  }

  return {
    /**
     * Waits for the open segment when the range ends in it, hashes every original again and signs.
     * "Nothing recorded" is a statement without segments, not an error.
     * @throws MatthanError usage for a bad range, notFound for a viewpoint not of this box, verification for a changed original.
     */
    state: async (request: EvidenceRequest, context: EvidenceContext): Promise<Stated> => {
      const { range, viewpointId, holdId, orderId, clipId } = request
      checkRange(range)
      const known = viewpoint(viewpointId)
      if (!known) throw new MatthanError('notFound', 'agent.noSuchViewpoint', { viewpointId })
      const selection = await select(request, context.signal)
      const stated = await stateSegments(selection.segments, holdId, context)
      const { boxId, ...key } = deps.signer()
      const atMs = clock.nowMs()
      const channelId = stated[0]?.channelId ?? assignmentsOf(viewpointId).at(-1)?.channelId
      const offset = deps.clockOffset()
      const statement = readShape('statement', Statement, {
        v: 1,
        what: 'matthan.acquisition',
        orderId,
        clipId,
        boxId,
        madeAt: { ms: atMs, clock: 'box', synchronised: deps.synchronised() },
        agentVersion: deps.agentVersion,
        bootId: bootId(),
        viewpoint: { viewpointId, name: known.name, place: known.place },
        asked: range,
        ...(selection.delivered ? { delivered: selection.delivered } : {}),
        complete: selection.complete,
        segments: stated,
        gaps: selection.gaps,
        ...(offset ? { clock: offset } : {}),
        device: channelId ? deps.device(channelId) : {}
      } satisfies Statement)
      const content = new TextEncoder().encode(`${JSON.stringify(statement, null, 1)}\n`)
      // Only when something is stated: the ASN.1 library takes megabytes.
      const { sealBytes } = await import('@matthan/evidence/seal')
      const seal = await sealBytes(content, { ...key, atMs })
      const byId = new Map(selection.segments.map(segment => [segment.segmentId, segment]))
      return {
        statement,
        content,
        seal,
        sha256: createHash('sha256').update(content).digest('hex'),
        files: stated.map(({ name, segmentId }) => ({ name, segment: byId.get(segmentId)! }))
      }
    }
  }
}
