/** Sentences of the room `identity`. */
export const identity = {}
