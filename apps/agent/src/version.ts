/** Of the agent; told in hello and inventory. */
export const agentVersion = '0.1.0'

/** No honest clock is before this program was written: 2026-11-01T00:00:00Z. */
export const earliestMs = 1_793_491_200_000
