const codes = { green: 32, yellow: 33, red: 31, bold: 1 } as const
export type Colour = keyof typeof codes

/** Paints a text, or leaves it as it is. Colour never carries anything alone: the text says it too. */
export type Paint = (text: string, colour: Colour) => string

export const plain: Paint = text => text

/**
 * Colour on a terminal only, and not where NO_COLOR stands in the environment (no-color.org).
 * @param out where it is written
 * @param noColor the value of NO_COLOR
 */
export const painter = (out: { isTTY?: boolean | undefined }, noColor: string | undefined): Paint =>
  out.isTTY && !noColor ? (text, colour) => `\x1b[${codes[colour]}m${text}\x1b[0m` : plain
