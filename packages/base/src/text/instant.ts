import { parseInstant, sayInstant } from '../clock.ts'
import { MatthanError } from '../error.ts'

/**
 * Milliseconds of an instant that a person typed: RFC 3339 with its zone, or dd/MM/yyyy HH:mm[:ss] of Viet Nam.
 * @throws MatthanError usage
 */
export const readInstant = (typed: string): number => {
  const parts = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d)(:\d\d)?$/.exec(typed.trim())
  const iso = parts ? `${parts[3]}-${parts[2]}-${parts[1]}T${parts[4]}${parts[5] ?? ':00'}+07:00` : typed.trim()
  const ms = parseInstant(iso)
  // A 31st of February becomes a day of March without a word; a person meant something else.
  if (ms === undefined || (parts && !sayInstant(ms).startsWith(`${parts[1]}/${parts[2]}/${parts[3]}`)))
    throw new MatthanError('usage', 'base.badInstant', { text: typed.slice(0, 60) })
  return ms
}
