import type { Params } from '@matthan/base/text/say'
import type { Statement } from '@matthan/protocol/evidence'
import type { EvidenceJson } from './evidence-json.ts'
import { layout } from './layout.ts'
import type { OpenedSeal } from './seal.ts'

export type Complain = (file: string, key: string, params?: Params) => void

type Facts = {
  statement: Statement
  statementSha256: string
  /** Undefined where the box's seal did not hold; that has been said. */
  stated: OpenedSeal | undefined
  evidence: EvidenceJson
  /** Path → SHA-256, of both manifests. */
  listed: Map<string, string>
  present: Map<string, { bytes: number }>
  /** Fields of bag-info.txt. */
  info: Map<string, string>
  complain: Complain
}

/** Whether the box's statement, the centre's facts and the files say the same. */
export const compareFacts = (facts: Facts): void => {
  compareOriginals(facts)
  comparePlayable(facts)
  const { statement, evidence, stated, info, complain } = facts
  const same: Record<string, [unknown, unknown]> = {
    clipId: [evidence.request.clipId, statement.clipId],
    orderId: [evidence.request.orderId, statement.orderId],
    boxId: [evidence.source.boxId, statement.boxId],
    viewpointId: [evidence.source.viewpointId, statement.viewpoint.viewpointId],
    'range.requested': [evidence.range.requested, statement.asked],
    'range.delivered': [evidence.range.delivered, statement.delivered ?? null],
    'range.complete': [evidence.range.complete, statement.complete],
    gaps: [evidence.gaps, statement.gaps],
    'time.atExtraction': [evidence.time.atExtraction, statement.clock ?? null],
    segments: [
      evidence.segments.map(one => [one.path, one.segmentId, one.startMs, one.endMs]),
      statement.segments.map(one => [layout.originals + one.name, one.segmentId, one.startMs, one.endMs])
    ],
    'integrity.statementSha256': [evidence.integrity.statementSha256, facts.statementSha256],
    evidenceId: [evidence.evidenceId, info.get('External-Identifier')]
  }
  if (stated) same['integrity.statementSignerSerial'] = [evidence.integrity.statementSignerSerial, stated.signerSerial]
  for (const [field, [ours, theirs]] of Object.entries(same))
    if (canonical(ours) !== canonical(theirs)) complain(layout.evidence, 'findContradiction', { field })
}

/** JSON with sorted names: the order in which fields were written says nothing. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner
  ) ?? 'undefined'

/** Each original is one that the box stated, byte for byte; each that it stated is here. */
const compareOriginals = ({ statement, evidence, listed, present, complain }: Facts): void => {
  const stated = new Map(statement.segments.map(one => [layout.originals + one.name, one]))
  if (stated.size !== statement.segments.length) complain(layout.statement, 'findBadFacts')
  const described = new Map(evidence.segments.map(one => [one.path, one]))
  for (const [path, one] of stated) {
    const hashes = [one.sha256, one.sha256AtPull, described.get(path)?.sha256, listed.get(path)]
    const sizes = [one.bytes, described.get(path)?.bytes, present.get(path)?.bytes]
    if (new Set(hashes).size !== 1 || new Set(sizes).size !== 1) complain(path, 'findNotAsStated')
  }
  for (const path of listed.keys())
    if (path.startsWith(layout.originals) && !stated.has(path)) complain(path, 'findNotStated')
}

const comparePlayable = ({ evidence, listed, present, complain }: Facts): void => {
  const described = new Map(evidence.playable.map(one => [one.path, one]))
  for (const [path, one] of described) {
    if (listed.get(path) !== one.sha256 || present.get(path)?.bytes !== one.bytes) complain(path, 'findNotAsStated')
    if (one.derivedFrom.some(original => !evidence.segments.some(segment => segment.path === original)))
      complain(layout.evidence, 'findContradiction', { field: 'playable.derivedFrom' })
  }
  for (const path of listed.keys())
    if (path.startsWith(layout.playable) && !described.has(path)) complain(path, 'findNotStated')
}
