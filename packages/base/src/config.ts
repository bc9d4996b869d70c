import type { Language } from './text/say.ts'

/**
 * A machine without a time service of its own (a container) is told by its keeper that the host keeps the time:
 * MATTHAN_CLOCK_KEPT_OUTSIDE=yes.
 */
export const clockIsKeptOutside = (): boolean => process.env.MATTHAN_CLOCK_KEPT_OUTSIDE === 'yes'

/** The language of what a command says: MATTHAN_LANGUAGE=en; Vietnamese unless English is asked for. */
export const language = (): Language => (process.env.MATTHAN_LANGUAGE === 'en' ? 'en' : 'vi')

/** no-color.org */
export const noColour = (): string | undefined => process.env.NO_COLOR
