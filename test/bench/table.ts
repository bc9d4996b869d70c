import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** One figure: a ratio measured side by side in one run, beside its goal. Absolute times say nothing on a shared machine. */
export type Figure = {
  what: string
  against: string
  /** Ours divided by the peer's; the median of the runs. */
  ratio: number
  /** The ratio should be at most this; undefined: it is told, not judged. */
  goal?: number
  /** Raw numbers behind it, with units. */
  detail: string
}

const show = (ratio: number): string => (ratio < 0.1 ? ratio.toFixed(3) : ratio.toFixed(2))

/** The table as text: for the terminal, and as docs/ref/bench.md. */
export const table = (figures: Figure[]): string =>
  [
    '| what | against | ratio | goal | | detail |',
    '|---|---|---|---|---|---|',
    ...figures.map(
      ({ what, against, ratio, goal, detail }) =>
        `| ${what} | ${against} | ${show(ratio)} | ${goal === undefined ? '' : `≤ ${goal}`} | ${goal === undefined ? '' : ratio <= goal ? '✓' : '✗'} | ${detail} |`
    )
  ].join('\n')

export const writeReport = (path: string, figures: Figure[], machine: string): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(
    path,
    `# What it costs\n\nWritten by \`npm run bench\`. Ratios of one run on one machine, medians; ${machine}.\n\n${table(figures)}\n`
  )
}

export const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
