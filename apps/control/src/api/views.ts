import type { BoxRow } from '../store/boxes.ts'
import type { ClipRow, PackageTableRow } from '../store/clips.ts'
import type { ConditionRow } from '../store/conditions.ts'
import type { OrderRow } from '../store/orders.ts'
import type { ViewpointRow } from '../store/places.ts'

/** Rows as a caller sees them. A missing field means "not known". */
const json = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text))

export const viewBox = (row: BoxRow) => ({
  boxId: row.box_id,
  name: row.name,
  unitLabel: row.unit_label,
  state: row.state,
  online: row.online === 1,
  createdMs: row.created_ms,
  lastSeenMs: row.last_seen_ms ?? undefined,
  revokedMs: row.revoked_ms ?? undefined,
  revokedReason: row.revoked_reason ?? undefined,
  agentVersion: row.agent_version ?? undefined
})

export const viewViewpoint = (row: ViewpointRow) => ({
  viewpointId: row.viewpoint_id,
  boxId: row.box_id,
  name: row.name,
  place: row.place,
  requiredDays: row.required_days,
  gone: row.gone_ms !== null
})

export const viewClip = (row: ClipRow) => ({
  clipId: row.clip_id,
  evidenceId: row.evidence_id,
  viewpointId: row.viewpoint_id,
  boxId: row.box_id,
  fromMs: row.from_ms,
  toMs: row.to_ms,
  reason: row.reason,
  requestedBy: row.requested_by,
  requestedMs: row.requested_ms,
  state: row.state,
  stateMs: row.state_ms,
  complete: row.complete === null ? undefined : row.complete === 1,
  error: json(row.error),
  holdId: row.hold_id,
  holdOrderId: row.hold_order_id,
  extractOrderId: row.extract_order_id
})

export const viewPackage = (row: PackageTableRow, vaultFolder: string) => ({
  packageId: row.package_id,
  path: `${vaultFolder}/${row.path}`,
  bytes: row.bytes,
  tagManifestSha256: row.tag_manifest_sha256,
  sealSha256: row.seal_sha256,
  sealedMs: row.sealed_ms
})

export const viewOrder = (row: OrderRow) => ({
  orderId: row.order_id,
  boxId: row.box_id,
  kind: row.kind,
  state: row.state,
  clipId: row.clip_id ?? undefined,
  requestedBy: row.requested_by,
  reason: row.reason,
  createdMs: row.created_ms,
  expiresMs: row.expires_ms,
  deliveredMs: row.delivered_ms ?? undefined,
  endedMs: row.ended_ms ?? undefined,
  output: json(row.output),
  error: json(row.error)
})

export const viewCondition = (row: ConditionRow) => ({
  boxId: row.box_id,
  code: row.code,
  subjectId: row.subject_id,
  sinceMs: row.since_ms,
  clearedMs: row.cleared_ms ?? undefined,
  seenBy: row.seen_by,
  details: json(row.details)
})
