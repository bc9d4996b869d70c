import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks until the answer is `true`. The answer may be a sentence that says what is missing; it is part of the
 * error when the time is over.
 */
export const until = async (
  what: string,
  timeoutMs: number,
  ask: () => Promise<boolean | string> | boolean | string
): Promise<void> => {
  const end = performance.now() + timeoutMs
  let last: boolean | string = false
  while (performance.now() < end) {
    last = await ask()
    if (last === true) return
    await sleep(200)
  }
  throw new Error(`not within ${timeoutMs} ms: ${what}${typeof last === 'string' ? ` (${last})` : ''}`)
}
