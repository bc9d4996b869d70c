import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** Paths that never reach a log, whatever object is handed in. */
const secrets = ['password', 'credential', 'code', 'key', 'privateKey', 'secret', 'authorization', 'cookie']

/** JSON lines on standard error: standard output belongs to what a command answers. */
export const makeLog = (program: string, level = 'info', to?: DestinationStream): Log =>
  pino(
    {
      level,
      base: { program },
      redact: { paths: secrets.flatMap(name => [name, `*.${name}`, `*.*.${name}`]), censor: '…' }
    },
    to ?? pino.destination({ fd: 2, sync: true })
  )
