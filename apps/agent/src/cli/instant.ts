import { parseInstant } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'

/**
 * An instant as a person in Viet Nam writes it (`24/11/2026 08:30:00`, UTC+7), or RFC 3339 with its zone.
 * @returns milliseconds UTC
 * @throws MatthanError usage
 */
export const readInstant = (text: string): number => {
  const local = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}:\d{2})(:\d{2})?$/.exec(text.trim())
  const [, day, month, year, minutes, seconds = ':00'] = local ?? []
  const ms = parseInstant(local ? `${year}-${month}-${day}T${minutes}${seconds}+07:00` : text.trim())
  if (ms === undefined) throw new MatthanError('usage', 'agent.badInstant', { text: text.slice(0, 60) })
  return ms
}
