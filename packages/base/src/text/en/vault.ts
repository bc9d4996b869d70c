import type { vault as vi } from '../vi/vault.ts'

export const vault: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {}
