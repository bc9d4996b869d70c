import * as boxes from './boxes.ts'
import * as facts from './facts.ts'
import * as house from './house.ts'
import * as orders from './orders.ts'
import * as places from './places.ts'
import type { Row, Table } from './table.ts'
import * as vault from './vault.ts'

/** Every table as Kysely knows it. */
export type Tables = {
  box: Row<typeof boxes.box>
  box_certificate: Row<typeof boxes.boxCertificate>
  enrol_code: Row<typeof boxes.enrolCode>
  recorder: Row<typeof places.recorder>
  channel: Row<typeof places.channel>
  viewpoint: Row<typeof places.viewpoint>
  assignment: Row<typeof places.assignment>
  lane: Row<typeof facts.lane>
  lost_knowledge: Row<typeof facts.lostKnowledge>
  quarantine: Row<typeof facts.quarantine>
  condition: Row<typeof facts.condition>
  coverage: Row<typeof facts.coverage>
  retention: Row<typeof facts.retention>
  disk: Row<typeof facts.disk>
  clock_check: Row<typeof facts.clockCheck>
  custody: Row<typeof facts.custody>
  order: Row<typeof orders.order>
  clip: Row<typeof orders.clip>
  snapshot: Row<typeof orders.snapshot>
  upload: Row<typeof vault.upload>
  object: Row<typeof vault.object>
  order_object: Row<typeof vault.orderObject>
  receipt: Row<typeof vault.receipt>
  package: Row<typeof vault.evidencePackage>
  meta: Row<typeof house.meta>
  change_log: Row<typeof house.changeLog>
}

/** In the order in which a reader meets them (a namespace's own order is that of the alphabet). */
export const tables: readonly Table[] = [
  ...[boxes.box, boxes.boxCertificate, boxes.enrolCode],
  ...[places.recorder, places.channel, places.viewpoint, places.assignment],
  ...[facts.lane, facts.lostKnowledge, facts.quarantine, facts.condition],
  ...[facts.coverage, facts.retention, facts.disk, facts.clockCheck, facts.custody],
  ...[orders.order, orders.clip, orders.snapshot],
  ...[vault.upload, vault.object, vault.orderObject, vault.receipt, vault.evidencePackage],
  ...[house.meta, house.changeLog]
]
