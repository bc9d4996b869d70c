import type { identity as vi } from '../vi/identity.ts'

export const identity: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {}
