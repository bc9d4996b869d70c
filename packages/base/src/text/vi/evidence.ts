/** Sentences of the room `evidence`. */
export const evidence = {}
