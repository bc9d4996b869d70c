import { prepareMedia } from './cameras/media.ts'

/** Once before all tests: the pictures of the simulated cameras are encoded (15 s, kept), so that no test waits for it. */
export default async (): Promise<void> => {
  await prepareMedia()
}
