import type { ErrorKind } from './error.ts'

/** 0-decisions, Exit codes. 130 (interrupted) is set by `lifetime.ts`. Adding a kind does not compile until it has a code. */
export const exitCodeOf: Record<ErrorKind, number> = {
  usage: 2,
  config: 3,
  notEnrolled: 4,
  unreachable: 5,
  refused: 6,
  verification: 7,
  busy: 8,
  notFound: 1,
  exhausted: 1,
  dataLoss: 1,
  internal: 1
}
