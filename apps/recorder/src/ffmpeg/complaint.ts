import type { GapCause } from '@matthan/protocol/recording'

/** Why ffmpeg gave up, as far as its words tell: exit codes mean nothing (0 when the camera is gone). */
export type Complaint = { cause: GapCause; detail: string }

const causes: readonly [RegExp, GapCause][] = [
  [/no space left|disk quota/i, 'disk'],
  [/401|403|unauthorized|forbidden/i, 'signIn'],
  [/no route to host|network is unreachable|timed out|name or service not known|temporary failure/i, 'link'],
  [
    /connection refused|connection reset|404|not found|invalid data|end of file|method \w+ failed|impossible to open/i,
    'camera'
  ]
]
const mostDetail = 500

/** Words of ffmpeg without passwords: the user part of any URL, and the given secrets in any spelling. */
export const withoutSecrets = (text: string, secrets: readonly string[] = []): string => {
  let clean = text.replace(/\/\/[^@\s]*@/g, '//')
  for (const secret of secrets.filter(one => one !== '')) {
    clean = clean.replaceAll(secret, '…').replaceAll(encodeURIComponent(secret), '…')
  }
  return clean
}

/** The cause from all lines, the detail from the last one that says something; both without secrets. */
export const readComplaint = (text: string, secrets: readonly string[]): Complaint => {
  const lines = withoutSecrets(text, secrets)
    .split('\n')
    .map(line => line.replace(/^\[[^\]]* @ 0x[0-9a-f]+\] */, '').trim())
    .filter(line => line !== '' && !line.startsWith('Exiting normally'))
  const cause = causes.find(([pattern]) => lines.some(line => pattern.test(line)))?.[1] ?? 'camera'
  return { cause, detail: (lines.at(-1) ?? 'the stream ended').slice(0, mostDetail) }
}

/** ffmpeg's refusal to put this codec into this container, before it wrote anything. */
export const isRefusedCodec = (text: string): boolean =>
  /could not find tag for codec|codec not currently supported in container|could not write header/i.test(text)
