import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { MatthanError } from '@matthan/base/error'

/**
 * Makes this the only recorder of a footage folder, for as long as the process lives: a name in Linux' abstract
 * socket namespace (unix(7)) goes with its process, however that ends.
 * @throws MatthanError busy when there is another one.
 */
export const beTheOnlyOne = async (footage: string, signal: AbortSignal): Promise<void> => {
  const name = createHash('sha256').update(footage).digest('hex').slice(0, 32)
  const server = createServer(socket => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path: `\0matthan-recorder-${name}` }, resolve)
  }).catch(error => {
    throw new MatthanError('busy', 'recorder.recorderRunning', { path: footage }, { cause: error })
  })
  server.unref()
  signal.addEventListener('abort', () => server.unref(), { once: true })
}
