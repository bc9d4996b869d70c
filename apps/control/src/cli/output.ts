import type { Params } from '@matthan/base/text/say'
import { type Language, say, type TextKey } from '@matthan/base/text/say'

/** Where a command's answer goes: one JSON line for machines, or sentences for people. */
export type Output = {
  /** With `--json` only `value` is written, else only the lines. */
  answer(value: unknown, lines: () => readonly string[]): void
  say(key: TextKey, params?: Params): string
  /** A line that the next one replaces, when a person looks on. */
  progress(line: string): void
}

export const makeOutput = (options: {
  json: boolean
  language: Language
  out: { write(text: string): unknown; isTTY?: boolean }
}): Output => {
  const { json, language, out } = options
  let open = false
  const endProgress = () => {
    if (open) out.write('\n')
    open = false
  }
  return {
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
    say: (key, params) => say(language, key, params),
    progress: line => {
      if (json || !out.isTTY) return
      out.write(`\r\x1b[2K${line}`)
      open = true
    }
  }
}

/** 1536 → "1.5 KiB". */
export const sayBytes = (bytes: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`
}

/** 65000 → "1:05". */
export const sayDuration = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  const rest = `${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
  return seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${rest}` : rest.replace(/^0/, '')
}
