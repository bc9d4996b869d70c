/** A view as a buffer of its own: WebCrypto takes no shared memory. */
export const ownBuffer = (bytes: Uint8Array): ArrayBuffer => {
  const copy = new Uint8Array(bytes.length)
  copy.set(bytes)
  return copy.buffer
}

export const sha256 = async (bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', ownBuffer(bytes)))

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

/** What `sha256sum` prints. */
export const sha256Hex = async (bytes: Uint8Array): Promise<string> => toHex(await sha256(bytes))
