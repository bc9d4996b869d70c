import type { agent as vi } from '../vi/agent.ts'

export const agent: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {}
