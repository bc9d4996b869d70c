import type { health as vi } from '../vi/health.ts'

export const health: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {}
