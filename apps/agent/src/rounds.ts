import type { Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'

/** Jobs that come again and again, each beside the others and never beside itself. */
export type Rounds = {
  /** Does `job` when `run` begins, and after each `everyMs`. */
  add(name: string, everyMs: number, job: () => void | Promise<void>): void
  /** Does the job soon instead of at its time; once more when it is being done just now. */
  now(name: string): void
  /** Resolves when the signal has fired and no job is being done any more. */
  run(): Promise<void>
}

type Round = { everyMs: number; job: () => void | Promise<void>; asked: boolean; doing: Promise<void> | undefined }

/** A round that fails is logged, when its reason is another than the last one's, and comes again at its time. */
export const makeRounds = ({ clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal }): Rounds => {
  const rounds = new Map<string, Round>()
  const reasons = new Map<string, string>()

  const once = async (name: string, round: Round): Promise<void> => {
    try {
      await round.job()
      reasons.delete(name)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (signal.aborted || reasons.get(name) === reason) return
      reasons.set(name, reason)
      log.warn({ round: name, err: error }, 'round failed')
    }
  }

  const go = (name: string, round: Round): Promise<void> => {
    if (round.doing) {
      round.asked = true
      return round.doing
    }
    round.doing = (async () => {
      do {
        round.asked = false
        await once(name, round)
      } while (round.asked && !signal.aborted)
      round.doing = undefined
    })()
    return round.doing
  }

  return {
    add: (name, everyMs, job) => {
      rounds.set(name, { everyMs, job, asked: false, doing: undefined })
    },
    now: name => {
      const round = rounds.get(name)
      if (round && !signal.aborted) void go(name, round)
    },
    run: async () => {
      for (const [name, round] of rounds) {
        void go(name, round)
        clock.every(round.everyMs, () => go(name, round), signal)
      }
      await new Promise<void>(resolve => {
        if (signal.aborted) resolve()
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      await Promise.all([...rounds.values()].map(round => round.doing))
    }
  }
}
