import { type DestinationStream, type Logger, pino } from 'pino'

/** No children: what they would always say passes by the search for secrets. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/** Never reach a log, however deep they lie in what is logged. */
const secrets = new Set([
  'password',
  'sealedPassword',
  'credential',
  'passphrase',
  'privateKey',
  'secret',
  'authorization',
  'cookie'
])

/** Names that a secret has in one place and something harmless in another: shown only when they hold the harmless one. */
const harmless: Record<string, RegExp> = {
  /** `room.key` of an error in the catalogue; not a private key. */
  key: /^[a-z]+\.[A-Za-z_]+$/,
  /** A system's code (ENOENT) or a condition's; not the 16 characters of an enrolment code, however typed. */
  code: /^(?!([\s.-]*[0-9A-TV-Z]){16}[\s.-]*$)/i
}

const hidden = '…'
/** Below this nobody reads, and a circle ends. */
const deepest = 6

const isSecret = (name: string, value: unknown): boolean => {
  if (secrets.has(name)) return true
  const shown = Object.hasOwn(harmless, name) ? harmless[name] : undefined
  return shown !== undefined && !(typeof value === 'string' && shown.test(value))
}

/** What is logged, without its secrets; errors as what they say of themselves. */
const hide = (value: unknown, depth: number): unknown => {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || 'toJSON' in value) return value
  if (depth > deepest) return hidden
  if (Array.isArray(value)) return value.map(one => hide(one, depth + 1))
  return hideIn(value instanceof Error ? pino.stdSerializers.err(value) : value, depth)
}

const hideIn = (value: object, depth: number): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, isSecret(name, one) ? hidden : hide(one, depth + 1)])
  )

/** JSON lines on standard error: standard output belongs to what a command answers. */
export const makeLog = (program: string, level = 'info', to?: DestinationStream): Log =>
  pino(
    {
      level,
      base: { program },
      // pino's own redaction looks three objects deep, not into lists, and costs ten times as much a line.
      formatters: { log: told => hideIn(told, 0) },
      serializers: { err: error => error }
    },
    to ?? pino.destination({ fd: 2, sync: true })
  )
