/** Of this program, as it stands in packages. */
export const version = '0.1.0'
