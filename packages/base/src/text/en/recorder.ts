import type { recorder as vi } from '../vi/recorder.ts'

export const recorder: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {}
