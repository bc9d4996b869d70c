/** Reading of what devices answer: nothing of it is trusted, neither its shape nor its text. */

/** Text of a device as a person may be shown it: NFC, without control and direction characters, one line, cut. */
export const clean = (text: string, most: number): string =>
  text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, most)

export const toList = (value: unknown): unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]

/** Follows `path` through objects; of a list the first. Undefined where there is nothing. */
export const at = (value: unknown, ...path: string[]): unknown => {
  let here = value
  for (const name of path) {
    here = toList(here)[0]
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined
    here = (here as Record<string, unknown>)[name]
  }
  return here
}

const mostText = 2000

/** The text at `path`; an element with attributes carries its text under `_` (xml2js). */
export const textAt = (value: unknown, ...path: string[]): string | undefined => {
  const found = toList(at(value, ...path))[0]
  const text = typeof found === 'object' ? at(found, '_') : found
  if (typeof text === 'number') return String(text)
  return typeof text === 'string' && text.trim() !== '' ? text.trim().slice(0, mostText) : undefined
}

/** A finite number of plain decimal digits at `path`, between 0 and 1,000,000. */
export const numberAt = (value: unknown, ...path: string[]): number | undefined => {
  const text = textAt(value, ...path)
  if (text === undefined || !/^\d{1,7}(\.\d{1,6})?$/.test(text)) return undefined
  return Math.min(Number(text), 1_000_000)
}
