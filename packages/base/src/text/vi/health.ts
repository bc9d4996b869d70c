/** Sentences of the room `health`. */
export const health = {}
