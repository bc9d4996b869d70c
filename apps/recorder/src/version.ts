/** Of the recorder; told by `--version`. */
export const version = '0.1.0'
