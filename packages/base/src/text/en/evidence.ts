import type { evidence as vi } from '../vi/evidence.ts'

export const evidence: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {}
