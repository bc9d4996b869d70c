import { type Change, changesAfter, lastChange } from '../store/changes.ts'
import type { ControlStore } from '../store/open.ts'

/** `reset`: changes were missed for good; the reader loads anew what it shows, and goes on from `seq`. */
export type FeedEvent = ({ what: 'change' } & Change) | { what: 'reset'; seq: number }

const pageSize = 500
/** A reader that is this far behind the live end is served from the log again. */
const bufferMost = 5000

/**
 * Every change after `afterSeq` (undefined: from now on), each once and in order: first from the log, then live,
 * without a hole where the two meet. Ends when the signal fires.
 */
export async function* followChanges(
  store: ControlStore,
  afterSeq: number | undefined,
  signal: AbortSignal
): AsyncGenerator<FeedEvent> {
  let buffer: Change[] = []
  let wake = Promise.withResolvers<void>()
  // Listening begins before the log is read, so that nothing falls between; what comes twice is left out by its number.
  const stop = store.onChanges(changes => {
    if (buffer.length < bufferMost) buffer.push(...changes)
    wake.resolve()
  })
  const onAbort = () => wake.resolve()
  signal.addEventListener('abort', onAbort, { once: true })
  const last = await lastChange(store.read)
  let seq = afterSeq ?? last
  // Numbers that were never given: the reader knows another life of this centre.
  let foreign = seq > last
  try {
    while (!signal.aborted) {
      const page = foreign ? undefined : await changesAfter(store.read, seq, pageSize)
      foreign = false
      if (page === undefined) {
        seq = await lastChange(store.read)
        yield { what: 'reset', seq }
        continue
      }
      for (const change of page) {
        seq = change.seq
        yield { what: 'change', ...change }
      }
      if (page.length === pageSize) continue
      while (!signal.aborted) {
        const live = buffer
        buffer = []
        wake = Promise.withResolvers<void>()
        const fresh = live.filter(change => change.seq > seq)
        // A hole: the buffer was full meanwhile. The log has what is missing.
        if (fresh[0] && fresh[0].seq !== seq + 1) break
        for (const change of fresh) {
          seq = change.seq
          yield { what: 'change', ...change }
        }
        if (buffer.length === 0 && !signal.aborted) await wake.promise
      }
    }
  } finally {
    stop()
    signal.removeEventListener('abort', onAbort)
  }
}
