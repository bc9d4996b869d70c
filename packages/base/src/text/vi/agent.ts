/** Sentences of the room `agent`. */
export const agent = {}
