import { v7, validate } from 'uuid'

/** A UUIDv7 (RFC 9562), made where the thing is born. */
export const newId = (): string => v7()

/** A UUID of any version in lower case: the only names that may become part of a path or a topic. */
export const isId = (text: string): boolean => validate(text) && text === text.toLowerCase()
