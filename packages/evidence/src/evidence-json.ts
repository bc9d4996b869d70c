import { Gap, Statement } from '@matthan/protocol/evidence'
import { At, Bytes, Count, Id, Milliseconds, Name, Range, Sha256, text } from '@matthan/protocol/scalars'
import { z } from 'zod'

/** A path inside the package. */
const Path = z.string().max(300)
const Both = z.object({ vi: text(2000), en: text(2000) })

/** Who asked, on which ground and who allowed it. Comes with sign-in and approval; null until then. */
const Authority = z.object({
  caseKind: text(100),
  caseRef: text(200),
  legalBasis: z
    .array(z.object({ document: text(300), number: text(100), article: text(100), text: text(2000) }))
    .max(20),
  approvals: z.array(z.object({ name: text(200), rank: text(100), decision: text(100), at: At })).max(20)
})

export const PackagedSegment = z.object({
  path: Path,
  segmentId: Id,
  channelId: Id,
  bytes: Bytes,
  sha256: Sha256,
  startMs: Milliseconds,
  endMs: Milliseconds,
  videoCodec: text(20),
  audioCodec: text(20).nullable(),
  /** Whether the box's clock was synchronised when the segment closed (I8). */
  synchronised: z.boolean(),
  torn: z.boolean(),
  /** Place in the box's log of hashes made at recording. Comes with the log; null until then. */
  ledger: z.object({ index: Count, loggedMs: Milliseconds }).nullable()
})

export const Playable = z.object({
  path: Path,
  bytes: Bytes,
  sha256: Sha256,
  /** Originals whose frame lists, one after the other, contain its frames. */
  derivedFrom: z.array(Path).min(1).max(20_000),
  /** Whole fragments copied; nothing is encoded again. */
  method: z.literal('fragmentCopy'),
  codec: text(20),
  firstFrameMs: Milliseconds,
  preRollMs: z.number().min(0),
  /** K: line of the originals' frame lists with its first frame; N: how many frames it has. */
  firstLine: z.int().min(1),
  frames: Count,
  /** Whether the frame lists were compared by ffmpeg when the package was made. */
  framesCompared: z.boolean()
})
export type Playable = z.infer<typeof Playable>

/** data/metadata/evidence.json: the facts of a package, as the centre states them (4-evidence 2.2). Instants are UTC milliseconds. */
export const EvidenceJson = z.object({
  v: z.literal(1),
  what: z.literal('matthan.evidence'),
  evidenceId: text(60),
  bagVersion: z.literal('1.0'),
  /** The package that this one replaces; a package is never edited. */
  supersedes: text(60).nullable(),
  created: At,
  language: z.enum(['vi', 'en']),
  request: z.object({ clipId: Id, orderId: Id, requestedBy: text(200), reason: text(500), requestedMs: Milliseconds }),
  authority: Authority.nullable(),
  source: z.object({
    boxId: Id,
    boxName: Name,
    viewpointId: Id,
    /** As shown at the time of the extraction. */
    viewpointName: Name,
    place: text(300),
    channelIds: z.array(Id).max(64)
  }),
  device: Statement.shape.device.extend({ agentVersion: text(60), bootId: text(40) }),
  range: z.object({
    requested: Range,
    /** Null: nothing was recorded. */
    delivered: Range.nullable(),
    preRollMs: z.number().min(0),
    postRollMs: z.number().min(0),
    complete: z.boolean(),
    reasonIncomplete: Both.nullable()
  }),
  segments: z.array(PackagedSegment).max(20_000),
  gaps: z.array(Gap).max(20_000),
  playable: z.array(Playable).max(20_000),
  time: z.object({
    timeZone: z.literal('Asia/Ho_Chi_Minh'),
    /** Offset box − reference at the extraction, + = the box is fast; null = never compared. */
    atExtraction: Statement.shape.clock.unwrap().nullable(),
    /** The same at the time of the incident, interpolated. Comes with the clock history; null until then. */
    atIncident: z.object({ offsetMs: z.number(), uncertaintyMs: z.number().min(0) }).nullable(),
    /** Instants within the originals at which the box's clock was set, as media time of their channel. */
    clockSteps: z.array(z.object({ path: Path, mediaMs: z.number(), deltaMs: z.number() })).max(20_000)
  }),
  cameraSigning: z.enum(['notChecked', 'none', 'valid', 'invalid']),
  integrity: z.object({
    algorithm: z.literal('SHA-256'),
    /** Each original was hashed at these places, always with the same result. */
    hashedAt: z.array(z.enum(['recording', 'extraction', 'centre'])),
    statementSha256: Sha256,
    /** Serial number of the certificate that sealed the box's statement. */
    statementSignerSerial: z.string().max(64)
  }),
  originals: z.object({
    holdId: Id.nullable(),
    holdExpiresMs: Milliseconds.nullable(),
    expectedOverwriteMs: Milliseconds.nullable()
  }),
  privacy: z.object({ containsAudio: z.boolean(), masking: z.literal('none'), classification: text(100).nullable() }),
  /** What this package does not prove, in plain language. */
  limits: z.object({ vi: z.array(text(2000)), en: z.array(text(2000)) })
})
export type EvidenceJson = z.infer<typeof EvidenceJson>
