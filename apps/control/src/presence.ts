/**
 * Who is connected. The set is right at once; what follows from a coming or going (rows, alarms, clips) is done
 * one after the other, so that the last word about a box is also the last that is written.
 */
export type Presence = {
  isOnline(boxId: string): boolean
  came(boxId: string): void
  went(boxId: string): void
  /** From now on nothing follows any more: at its next start the centre takes everybody for away. Ends after what runs. */
  close(): Promise<void>
}

export const makePresence = (deps: {
  moved(boxId: string, isHere: boolean): Promise<void>
  failed(error: unknown): void
}): Presence => {
  const here = new Set<string>()
  let last: Promise<void> = Promise.resolve()
  let closed = false
  const follow = (boxId: string, isHere: boolean) => {
    if (!closed) last = last.then(() => deps.moved(boxId, isHere)).catch(deps.failed)
  }
  return {
    isOnline: boxId => here.has(boxId),
    came: boxId => {
      here.add(boxId)
      follow(boxId, true)
    },
    went: boxId => {
      here.delete(boxId)
      follow(boxId, false)
    },
    close: async () => {
      closed = true
      await last
    }
  }
}
