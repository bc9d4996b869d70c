import { type Colour, type Paint, plain } from './paint.ts'

/** What stands in a column; a colour only repeats what the text says. */
export type Cell = string | { text: string; colour: Colour }

const letters = new Intl.Segmenter()

/** What a terminal shows of a text, in columns: accents written apart stand on their letter. */
const widthOf = (text: string): number => [...letters.segment(text)].length

/** A name came from somewhere: no control or direction character of it reaches the terminal. */
const textOf = (cell: Cell | undefined): string => {
  const text = typeof cell === 'string' ? cell : (cell?.text ?? '')
  return text.normalize('NFC').replace(/\p{C}/gu, '')
}

/**
 * Rows under their headings, in columns two spaces apart.
 * @param headings one for each column; a column whose every cell is empty is left out
 * @param rows as many cells as there are headings
 */
export const table = (
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
  paint: Paint = plain
): string[] => {
  const used = headings.flatMap((_, column) => (rows.some(row => textOf(row[column]) !== '') ? [column] : []))
  const widths = headings.map((heading, column) =>
    Math.max(widthOf(heading), ...rows.map(row => widthOf(textOf(row[column]))))
  )
  const line = (row: readonly Cell[]): string =>
    used
      .map((column, place) => {
        const [cell, text] = [row[column], textOf(row[column])]
        const room = place === used.length - 1 ? 0 : (widths[column] ?? 0) - widthOf(text)
        return (typeof cell === 'object' ? paint(text, cell.colour) : text) + ' '.repeat(room)
      })
      .join('  ')
      .trimEnd()
  return [line(headings.map(text => ({ text, colour: 'bold' }))), ...rows.map(line)]
}

/** Name and value under each other, the values aligned: what is known of one thing. Empty values are left out. */
export const facts = (pairs: readonly (readonly [name: string, value: Cell])[], paint: Paint = plain): string[] => {
  const known = pairs.filter(([, value]) => textOf(value) !== '')
  const width = Math.max(0, ...known.map(([name]) => widthOf(name)))
  return known.map(([name, value]) => {
    const text = textOf(value)
    return `${name}${' '.repeat(width - widthOf(name))}  ${typeof value === 'object' ? paint(text, value.colour) : text}`
  })
}
