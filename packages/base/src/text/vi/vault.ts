/** Sentences of the room `vault`. */
export const vault = {}
