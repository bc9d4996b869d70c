import { fromUnknown, sayError } from './error.ts'
import { exitCodeOf } from './exit-code.ts'

/**
 * Runs a program to its end: SIGTERM and SIGINT fire the signal, an error becomes its sentence in both
 * languages on standard error and its exit code (0-decisions). The only place that ends a process (law L4).
 * @param main does the whole work; it must settle soon after the signal fires.
 */
export const runProgram = async (main: (signal: AbortSignal) => Promise<void>): Promise<void> => {
  const stop = new AbortController()
  let interrupted = false
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.once(name, () => {
      interrupted ||= name === 'SIGINT'
      stop.abort()
    })
  }
  try {
    await main(stop.signal)
    process.exitCode = interrupted ? 130 : (process.exitCode ?? 0)
  } catch (error) {
    if (interrupted) {
      process.exitCode = 130
    } else {
      reportError(error)
      process.exitCode = exitCodeOf[fromUnknown(error).kind]
    }
  }
  // Whatever a library left open must not keep a finished program alive; output is flushed first.
  process.stdout.write('', () => process.exit())
}

/** Vietnamese first, English beside it; a defect of ours also shows its stack. */
export const reportError = (error: unknown): void => {
  const e = fromUnknown(error)
  for (const language of ['vi', 'en'] as const) {
    const { message, hint } = sayError(e, language)
    process.stderr.write(`${message}\n  → ${hint}\n`)
  }
  if (e.kind === 'internal') process.stderr.write(`${e.cause instanceof Error ? e.cause.stack : e.stack}\n`)
}
