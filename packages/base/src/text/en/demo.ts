import type { demo as vi } from '../vi/demo.ts'

export const demo: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {}
