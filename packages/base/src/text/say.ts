import { en } from './en/catalogue.ts'
import { vi } from './vi/catalogue.ts'

/** Vietnamese is the language of the users; English stands beside it. */
export type Language = 'vi' | 'en'
export type Params = Readonly<Record<string, string | number>>

/** A sentence, or an error: what is wrong and what to do about it. */
export type Entry = string | { message: string; hint: string }

type Catalogue = typeof vi
type Keys<Room extends keyof Catalogue, Kind> = {
  [Key in keyof Catalogue[Room]]: Catalogue[Room][Key] extends Kind ? `${Room & string}.${Key & string}` : never
}[keyof Catalogue[Room]]

/** `room.key` of a plain sentence. */
export type TextKey = { [Room in keyof Catalogue]: Keys<Room, string> }[keyof Catalogue]
/** `room.key` of an error, which always says what to do. */
export type ErrorKey = { [Room in keyof Catalogue]: Keys<Room, { message: string; hint: string }> }[keyof Catalogue]

const catalogues: Record<Language, Record<string, Record<string, Entry>>> = { vi, en }

const entryOf = (language: Language, key: string): Entry => {
  const dot = key.indexOf('.')
  const [room, name] = [key.slice(0, dot), key.slice(dot + 1)]
  // A key may come over a wire: `constructor.name` is no entry.
  const entries = Object.hasOwn(catalogues[language], room) ? catalogues[language][room] : undefined
  return entries && Object.hasOwn(entries, name) ? (entries[name] ?? key) : key
}

const fill = (template: string, params: Params): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''))

/** The sentence `key` with `{name}` replaced by `params.name`. */
export const say = (language: Language, key: TextKey, params: Params = {}): string => sentenceOf(language, key, params)

/** As `say`, for keys that came over a wire: an unknown key is shown as it is rather than lost. */
export const sentenceOf = (language: Language, key: string, params: Params = {}): string => {
  const entry = entryOf(language, key)
  return fill(typeof entry === 'string' ? entry : entry.message, params)
}

/** What to do about the error `key`; empty for a plain sentence. */
export const hintOf = (language: Language, key: string, params: Params = {}): string => {
  const entry = entryOf(language, key)
  return typeof entry === 'string' ? '' : fill(entry.hint, params)
}
