import { createHash } from 'node:crypto'
import type { Clock } from '@matthan/base/clock'
import { Statement, statementName, statementSealName } from '@matthan/protocol/evidence'
import { type OrderArgs, type OrderOutput, orderKinds } from '@matthan/protocol/orders'
import { readMessage } from '@matthan/protocol/read'
import type { makeEvidence, Stated } from '../evidence/evidence.ts'
import { checkRange } from '../evidence/range.ts'
import type { Footage } from '../footage/footage.ts'
import type { HoldKeeper } from '../retention/holds.ts'
import type { Spool } from '../spool/spool.ts'
import type { Segments } from '../store/segments.ts'
import type { Outbox } from '../upload/outbox.ts'
import type { Uploader, UploadFile } from '../upload/uploader.ts'
import type { OrderContext, OrderHandler } from './handler.ts'

export type ExtractDeps = {
  holds: HoldKeeper
  evidence: ReturnType<typeof makeEvidence>
  segments: Segments
  footage: Footage
  outbox: Outbox
  uploader: Uploader
  spool: Spool
  clock: Clock
}

type Args = OrderArgs<'extractFootage'>
type Output = OrderOutput<'extractFootage'>

const resultName = 'result.json'
/** A hold that the order makes itself; the centre's own says when it ends. */
const ownHoldMs = 30 * 24 * 3600_000

/**
 * Whole original segments covering the range, with a signed statement, to the centre. Safe to run again: the hold is
 * one by its id, a statement that was made is sent as it is, the upload goes on where it was, and what was received
 * once is answered from its result. Nothing recorded is a statement without segments, and a success.
 */
export const makeExtractFootage =
  (deps: ExtractDeps): OrderHandler<'extractFootage'> =>
  async (args, context) => {
    const { outbox, uploader, spool } = deps
    const { orderId, signal } = context
    const { clipId } = args
    checkRange(args.range)
    const received = await outbox.read(orderId, resultName)
    if (received) return readMessage('result', orderKinds.extractFootage.output, received)

    await hold(deps, args, context)
    const { statement, sha256, content, seal, files } =
      (await made(deps, args, orderId)) ?? (await makeStatement(deps, args, context))
    const originals: UploadFile[] = files.map(({ name, segment }) => ({
      name,
      path: deps.footage.pathOf(segment, deps.holds.linkOf(segment.segmentId)),
      bytes: segment.bytes,
      sha256: segment.sha256
    }))
    const bytes = originals.reduce((sum, file) => sum + file.bytes, 0)
    spool.append('custody', { clipId, orderId, action: 'transferStarted', details: { files: originals.length, bytes } })
    const receipt = await uploader.uploadOrder(
      orderId,
      [
        { name: statementName, path: outbox.pathOf(orderId, statementName), bytes: content.length, sha256 },
        { name: statementSealName, path: outbox.pathOf(orderId, statementSealName), ...sizeOf(seal) },
        ...originals
      ],
      { signal, progress: context.progress }
    )
    const { receivedMs } = receipt
    const output: Output = {
      statementSha256: sha256,
      segments: statement.segments.length,
      bytes,
      gaps: statement.gaps.length
    }
    await outbox.write(orderId, resultName, JSON.stringify(output))
    spool.append('custody', { clipId, orderId, action: 'transferCompleted', details: { receivedMs, bytes } })
    // Only now, on the signed receipt (0-decisions, Wire). The footage stays under its hold.
    await outbox.remove(orderId, [statementName, statementSealName])
    spool.append('custody', { clipId, orderId, action: 'sourceCopyFreed', details: {} })
    return output
  }

const sizeOf = (data: Uint8Array): { bytes: number; sha256: string } => ({
  bytes: data.length,
  sha256: createHash('sha256').update(data).digest('hex')
})

const hold = async (deps: ExtractDeps, args: Args, context: OrderContext): Promise<void> => {
  const { holdId, viewpointId, range } = args
  context.progress({ phase: 'holding' })
  const expiresMs = deps.clock.nowMs() + ownHoldMs
  const { requestedBy: owner, reason, orderId, signal } = context
  await deps.holds.place({ holdId, viewpointId, range, owner, reason, expiresMs }, orderId, signal)
}

const makeStatement = async (deps: ExtractDeps, args: Args, context: OrderContext): Promise<Stated> => {
  const { orderId, signal } = context
  const stated = await deps.evidence.state({ ...args, orderId }, { signal, progress: context.progress })
  // The seal last: with it there the statement is whole.
  await deps.outbox.write(orderId, statementName, stated.content)
  await deps.outbox.write(orderId, statementSealName, stated.seal)
  deps.spool.append('custody', {
    clipId: args.clipId,
    orderId,
    action: 'hashedAtSource',
    details: { statementSha256: stated.sha256, segments: stated.files.length }
  })
  return stated
}

/** The statement that an earlier run of this order made, when all its originals are still there. */
const made = async (deps: ExtractDeps, args: Args, orderId: string): Promise<Stated | undefined> => {
  const [content, seal] = await Promise.all([
    deps.outbox.read(orderId, statementName),
    deps.outbox.read(orderId, statementSealName)
  ])
  if (!content || !seal) return undefined
  const statement = readMessage('statement', Statement, content)
  const files = statement.segments.flatMap(({ name, segmentId }) => {
    const segment = deps.segments.get(segmentId)
    return segment ? [{ name, segment }] : []
  })
  if (statement.clipId !== args.clipId || files.length !== statement.segments.length) return undefined
  return { statement, content, seal, sha256: sizeOf(content).sha256, files }
}
