/** Sentences of the room `recorder`. */
export const recorder = {}
