import type { Duplex } from 'node:stream'

/**
 * A limit for the size of MQTT packets (MQTT 3.1.1, 2.2.3) in front of Aedes, which has none: one unfinished CONNECT made
 * it buffer 150 MB (5-security, finding 1). Looks at the fixed headers as the bytes are read and destroys the socket
 * as soon as one announces more than `most()`.
 */
export const guardFrames = (socket: Duplex, most: () => number, refused: (bytes: number) => void): void => {
  const read = socket.read.bind(socket)
  /** Bytes of the present packet that are still to come, or where in its header we are. */
  let left = 0
  let inLength = false
  let factor = 1
  let length = 0

  const isTooLarge = (bytes: Uint8Array): boolean => {
    const limit = most()
    for (let i = 0; i < bytes.length; ) {
      if (left > 0) {
        const passed = Math.min(left, bytes.length - i)
        left -= passed
        i += passed
      } else if (!inLength) {
        inLength = true
        factor = 1
        length = 0
        i++
      } else {
        const digit = bytes[i++] ?? 0
        length += (digit & 127) * factor
        factor *= 128
        if (length > limit || factor > 128 ** 4) return true
        if (!(digit & 128)) {
          left = length
          inLength = false
        }
      }
    }
    return false
  }

  socket.read = (size?: number) => {
    const bytes: unknown = read(size)
    if (!(bytes instanceof Uint8Array) || !isTooLarge(bytes)) return bytes
    refused(length)
    socket.destroy()
    return null
  }
}
