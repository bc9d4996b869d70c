import { isoInstant } from '@matthan/base/clock'
import type { EvidenceJson } from './evidence-json.ts'

/** Tables beside evidence.json for people with a spreadsheet: UTF-8, comma, one header line (RFC 4180 with LF). */
const line = (cells: (string | number | boolean)[]): string =>
  `${cells
    .map(cell => (/[",\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell)))
    .join(',')}\n`

export const segmentsTable = (evidence: EvidenceJson): string =>
  line([
    'path',
    'from_utc',
    'to_utc',
    'bytes',
    'sha256',
    'video',
    'audio',
    'clock_synchronised',
    'torn',
    'segment_id'
  ]) +
  evidence.segments
    .map(one =>
      line([
        one.path,
        isoInstant(one.startMs),
        isoInstant(one.endMs),
        one.bytes,
        one.sha256,
        one.videoCodec,
        one.audioCodec ?? '',
        one.synchronised,
        one.torn,
        one.segmentId
      ])
    )
    .join('')

export const gapsTable = (evidence: EvidenceJson): string =>
  line(['from_utc', 'to_utc', 'seconds', 'cause']) +
  evidence.gaps
    .map(one => line([isoInstant(one.fromMs), isoInstant(one.toMs), (one.toMs - one.fromMs) / 1000, one.cause]))
    .join('')

/** One run of a tool that had a part in the package. */
export type ToolRun = {
  tool: string
  version: string
  /** As it was called; empty for a part of our own program. */
  command: string
  exitCode: number
  output: string
}

export const toolsLog = (runs: ToolRun[]): string =>
  runs
    .map(run => `${run.tool} ${run.version}\n  $ ${run.command}\n  exit ${run.exitCode}\n${indent(run.output)}`)
    .join('')

const indent = (output: string): string => (output.trim() === '' ? '' : `${output.trim().replace(/^/gm, '  | ')}\n`)
