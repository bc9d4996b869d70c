import type { Language } from '@matthan/base/text/say'
import { say, type TextKey } from '@matthan/base/text/say'
import type { Statement } from '@matthan/protocol/evidence'
import type { EvidenceJson, Playable } from './evidence-json.ts'
import { layout } from './layout.ts'

/** In the order in which they are read. */
const limitKeys: TextKey[] = [
  'evidence.limitStatus',
  'evidence.limitBefore',
  'evidence.limitBox',
  'evidence.limitClock',
  'evidence.limitScene',
  'evidence.limitTimeStamp',
  'evidence.limitPlayable'
]

const limitsIn = (language: Language): string[] => limitKeys.map(key => say(language, key))

export type Description = {
  evidenceId: string
  atMs: number
  /** Whether the centre's clock was synchronised. */
  synchronised: boolean
  supersedes?: string
  boxName: string
  request: { requestedBy: string; reason: string; requestedMs: number }
  statement: Statement
  statementSha256: string
  statementSignerSerial: string
  playable: Playable[]
  hold?: { holdId: string; expiresMs: number }
}

const clockSteps = (statement: Statement): EvidenceJson['time']['clockSteps'] =>
  statement.segments.flatMap(segment =>
    segment.anchors.slice(1).map((anchor, i) => ({
      path: layout.originals + segment.name,
      mediaMs: anchor.fromMediaMs,
      deltaMs: anchor.utcMinusMediaMs - segment.anchors[i]!.utcMinusMediaMs
    }))
  )

/** What the centre states about a package: all that is known today, null where a later room will know more. */
export const describeEvidence = (description: Description): EvidenceJson => {
  const { statement, playable, hold } = description
  const { asked, delivered, segments, gaps } = statement
  return {
    v: 1,
    what: 'matthan.evidence',
    evidenceId: description.evidenceId,
    bagVersion: '1.0',
    supersedes: description.supersedes ?? null,
    created: { ms: description.atMs, clock: 'centre', synchronised: description.synchronised },
    language: 'vi',
    request: { clipId: statement.clipId, orderId: statement.orderId, ...description.request },
    authority: null,
    source: {
      boxId: statement.boxId,
      boxName: description.boxName,
      viewpointId: statement.viewpoint.viewpointId,
      viewpointName: statement.viewpoint.name,
      place: statement.viewpoint.place,
      channelIds: [...new Set(segments.map(one => one.channelId))]
    },
    device: { ...statement.device, agentVersion: statement.agentVersion, bootId: statement.bootId },
    range: {
      requested: asked,
      delivered: delivered ?? null,
      preRollMs: delivered ? Math.max(0, asked.fromMs - delivered.fromMs) : 0,
      postRollMs: delivered ? Math.max(0, delivered.toMs - asked.toMs) : 0,
      complete: statement.complete,
      reasonIncomplete: statement.complete
        ? null
        : { vi: say('vi', 'evidence.incomplete'), en: say('en', 'evidence.incomplete') }
    },
    segments: segments.map(one => ({
      path: layout.originals + one.name,
      segmentId: one.segmentId,
      channelId: one.channelId,
      bytes: one.bytes,
      sha256: one.sha256,
      startMs: one.startMs,
      endMs: one.endMs,
      videoCodec: one.videoCodec,
      audioCodec: one.audioCodec ?? null,
      synchronised: one.synchronised,
      torn: one.torn,
      ledger: null
    })),
    gaps,
    playable,
    time: {
      timeZone: 'Asia/Ho_Chi_Minh',
      atExtraction: statement.clock ?? null,
      atIncident: null,
      clockSteps: clockSteps(statement)
    },
    cameraSigning: 'notChecked',
    integrity: {
      algorithm: 'SHA-256',
      hashedAt: ['recording', 'extraction', 'centre'],
      statementSha256: description.statementSha256,
      statementSignerSerial: description.statementSignerSerial
    },
    originals: {
      holdId: hold?.holdId ?? null,
      holdExpiresMs: hold?.expiresMs ?? null,
      expectedOverwriteMs: null
    },
    privacy: {
      containsAudio: segments.some(one => one.audioCodec !== undefined),
      masking: 'none',
      classification: null
    },
    limits: { vi: limitsIn('vi'), en: limitsIn('en') }
  }
}
