/**
 * A machine without a time service of its own (a container) is told by its keeper that the host keeps the time:
 * MATTHAN_CLOCK_KEPT_OUTSIDE=yes.
 */
export const clockIsKeptOutside = (): boolean => process.env.MATTHAN_CLOCK_KEPT_OUTSIDE === 'yes'
