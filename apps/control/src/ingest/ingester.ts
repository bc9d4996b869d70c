import type { Lane, RecordBody, RecordKind } from '@matthan/protocol/facts'
import type { At } from '@matthan/protocol/scalars'
import type { Note } from '../store/changes.ts'
import type { Writer } from '../store/open.ts'

/** One record that is being taken, within the transaction of its batch. */
export type Taking = {
  trx: Writer
  note: Note
  /** From the certificate (I7). */
  boxId: string
  lane: Lane
  epoch: string
  seq: number
  at: At
  /** Later records of the lane were taken before: what only the newest may say is not changed any more. */
  late: boolean
  nowMs: number
}

/**
 * Takes one record. @throws MatthanError usage, refused or notFound: it goes to quarantine, alone (I4).
 * @returns what of it was left out and why, when the rest was taken.
 */
export type Ingester<Kind extends RecordKind> = (taking: Taking, body: RecordBody<Kind>) => Promise<string | undefined>
