import { noColour } from '@matthan/base/config'
import { painter } from '@matthan/base/text/paint'
import { type Language, type Params, say, type TextKey } from '@matthan/base/text/say'
import { type Cell, facts, table } from '@matthan/base/text/table'

/** Where a command's answer goes: one JSON line for machines, or sentences for people. */
export type Output = {
  language: Language
  /** With `--json` only `value` is written, else only the lines. */
  answer(value: unknown, lines: () => readonly string[]): void
  say(key: TextKey, params?: Params): string
  /** Rows under headings; a sentence where there are none. */
  table(headings: readonly TextKey[], rows: readonly (readonly Cell[])[]): string[]
  /** What is known of one thing, one line each. */
  facts(pairs: readonly (readonly [TextKey, Cell])[]): string[]
  /** A line that the next one replaces, when a person looks on. */
  progress(line: string): void
}

export const makeOutput = (options: {
  json: boolean
  language: Language
  out: { write(text: string): unknown; isTTY?: boolean }
}): Output => {
  const { json, language, out } = options
  const paint = painter(out, noColour())
  const sayHere = (key: TextKey, params?: Params) => say(language, key, params)
  let open = false
  const endProgress = () => {
    if (open) out.write('\n')
    open = false
  }
  return {
    language,
    answer: (value, lines) => {
      endProgress()
      out.write(
        json
          ? `${JSON.stringify(value)}\n`
          : lines()
              .map(line => `${line}\n`)
              .join('')
      )
    },
    say: sayHere,
    table: (headings, rows) =>
      rows.length === 0
        ? [sayHere('control.noneListed')]
        : table(
            headings.map(key => sayHere(key)),
            rows,
            paint
          ),
    facts: pairs =>
      facts(
        pairs.map(([key, value]) => [sayHere(key), value] as const),
        paint
      ),
    progress: line => {
      if (json || !out.isTTY) return
      out.write(`\r\x1b[2K${line}`)
      open = true
    }
  }
}
