import type { camera as vi } from '../vi/camera.ts'

export const camera: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {}
