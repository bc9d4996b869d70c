/** Sentences of the room `control`. */
export const control = {}
