import type { control as vi } from '../vi/control.ts'

export const control: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {}
