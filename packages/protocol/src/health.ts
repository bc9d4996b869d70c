import { z } from 'zod'
import { Id, Milliseconds, text } from './scalars.ts'

/** What a condition puts at risk. */
export type Endangers = 'recording' | 'retention' | 'evidence' | 'management'
export type Severity = 'critical' | 'major' | 'minor' | 'information'
/** Whom it is about: the box itself, one channel of it, one disk, one hold. */
export type SubjectKind = 'box' | 'channel' | 'disk' | 'hold'

export type ConditionSpec = {
  subject: SubjectKind
  severity: Severity
  endangers: Endangers
  /** Conditions that explain this one: while one of them is raised for the box, this one is folded under it. */
  dependsOn: readonly string[]
  /** Must last this long before it is raised, and be gone this long before it is cleared (no flapping). */
  timeToVisibleMs: number
  timeToClearMs: number
  /** Who can see it: the box about itself, or only the centre. */
  seenBy: 'box' | 'centre'
}

/**
 * The first conditions. Title and what to do stand in the text catalogue, room `health`, under the code and
 * `<code>Do`. Adding one needs: a line here, the sentences, a fixture, something that raises it (law L8).
 */
export const conditions = {
  boxOffline: {
    subject: 'box',
    severity: 'critical',
    endangers: 'management',
    dependsOn: [],
    timeToVisibleMs: 90_000,
    timeToClearMs: 0,
    seenBy: 'centre'
  },
  recordingStopped: {
    subject: 'channel',
    severity: 'critical',
    endangers: 'recording',
    dependsOn: ['boxOffline', 'diskFull', 'recorderDown'],
    timeToVisibleMs: 20_000,
    timeToClearMs: 5000,
    seenBy: 'box'
  },
  recorderDown: {
    subject: 'box',
    severity: 'critical',
    endangers: 'recording',
    dependsOn: ['boxOffline'],
    timeToVisibleMs: 15_000,
    timeToClearMs: 2000,
    seenBy: 'box'
  },
  cameraUnreachable: {
    subject: 'channel',
    severity: 'major',
    endangers: 'recording',
    dependsOn: ['boxOffline'],
    timeToVisibleMs: 20_000,
    timeToClearMs: 5000,
    seenBy: 'box'
  },
  cameraSignInRefused: {
    subject: 'channel',
    severity: 'major',
    endangers: 'recording',
    dependsOn: ['boxOffline'],
    timeToVisibleMs: 5000,
    timeToClearMs: 5000,
    seenBy: 'box'
  },
  streamStalled: {
    subject: 'channel',
    severity: 'major',
    endangers: 'recording',
    dependsOn: ['boxOffline', 'cameraUnreachable'],
    timeToVisibleMs: 5000,
    timeToClearMs: 10_000,
    seenBy: 'box'
  },
  clockUnsynchronised: {
    subject: 'box',
    severity: 'minor',
    endangers: 'evidence',
    dependsOn: ['boxOffline'],
    timeToVisibleMs: 600_000,
    timeToClearMs: 0,
    seenBy: 'box'
  },
  clockStepped: {
    subject: 'box',
    severity: 'minor',
    endangers: 'evidence',
    dependsOn: [],
    timeToVisibleMs: 0,
    timeToClearMs: 3600_000,
    seenBy: 'box'
  },
  diskFull: {
    subject: 'disk',
    severity: 'critical',
    endangers: 'recording',
    dependsOn: ['boxOffline'],
    timeToVisibleMs: 5000,
    timeToClearMs: 60_000,
    seenBy: 'box'
  },
  retentionShortfall: {
    subject: 'channel',
    severity: 'major',
    endangers: 'retention',
    dependsOn: ['boxOffline', 'recordingStopped'],
    timeToVisibleMs: 600_000,
    timeToClearMs: 600_000,
    seenBy: 'box'
  },
  holdQuotaHalf: {
    subject: 'box',
    severity: 'major',
    endangers: 'recording',
    dependsOn: [],
    timeToVisibleMs: 0,
    timeToClearMs: 60_000,
    seenBy: 'box'
  },
  spoolFull: {
    subject: 'box',
    severity: 'major',
    endangers: 'management',
    dependsOn: ['boxOffline'],
    timeToVisibleMs: 0,
    timeToClearMs: 60_000,
    seenBy: 'box'
  },
  uploadStuck: {
    subject: 'box',
    severity: 'minor',
    endangers: 'evidence',
    dependsOn: ['boxOffline'],
    timeToVisibleMs: 600_000,
    timeToClearMs: 0,
    seenBy: 'box'
  }
} as const satisfies Record<string, ConditionSpec>

export type ConditionCode = keyof typeof conditions
export const conditionCodes = Object.keys(conditions) as ConditionCode[]

/** A health condition is an interval with a cause, told on change only. `raised: false` ends the interval that began at `sinceMs`. */
export const ConditionChange = z.object({
  code: z.enum(conditionCodes as [ConditionCode, ...ConditionCode[]]),
  /** Channel, disk or hold; the box's own id for a box condition. */
  subjectId: Id,
  raised: z.boolean(),
  /** When the cause began, not when it became visible. */
  sinceMs: Milliseconds,
  /** For machines and for the sentence: parameters of the text, secrets never. */
  details: z.record(z.string().max(60), z.union([text(300), z.number()])).default({})
})
export type ConditionChange = z.infer<typeof ConditionChange>
