/** Sentences of the room `camera`. */
export const camera = {}
