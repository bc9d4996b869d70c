import { type ErrorKind, type MatthanError, toWire } from '@matthan/base/error'

/**
 * How a box is told. tus-js-client tries again after 409, 423 and everything but 4xx, so what can heal by itself is
 * 5xx, and what will be refused again is 4xx.
 */
const statusOfKind: Record<ErrorKind, number> = {
  usage: 400,
  config: 500,
  notEnrolled: 401,
  unreachable: 503,
  refused: 403,
  verification: 422,
  busy: 503,
  notFound: 404,
  exhausted: 507,
  dataLoss: 500,
  internal: 500
}
const statusOfKey: Record<string, number> = {
  'vault.tooLong': 413,
  'vault.wrongOffset': 409,
  'vault.incomplete': 409
}

export const httpAnswer = (error: MatthanError): { status_code: number; body: string } => ({
  status_code: statusOfKey[error.key] ?? statusOfKind[error.kind],
  body: JSON.stringify(toWire(error))
})
