/** Sentences of the room `demo`. */
export const demo = {}
