import { spawn } from 'node:child_process'
import { withDeadline } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import type { CameraAddress } from './address.ts'
import type { Credential } from './camera.ts'

/**
 * ffmpeg and ffprobe on an RTSP stream, with the password on no command line: the address with its sign-in goes in
 * as an ffconcat script on standard input. `{input}` in `args` is where that input belongs.
 */
export type StreamTool = {
  tool: 'ffmpeg' | 'ffprobe'
  args: readonly string[]
  address: CameraAddress
  credential: Credential | undefined
  deadlineMs: number
  /** The answer may not be longer. */
  mostBytes: number
  signal?: AbortSignal
}

/** What the concat demuxer may open; no file but the script itself. */
const protocols = 'pipe,fd,rtsp,rtsps,rtp,srtp,rtcp,tcp,udp,tls,crypto'

export const concatInput = `-f concat -safe 0 -protocol_whitelist ${protocols} -i pipe:0`.split(' ')

/** The script; @see https://ffmpeg.org/ffmpeg-formats.html#concat-1 */
export const concatScript = (url: string, credential: Credential | undefined, timeoutMs: number): string => {
  const signIn = credential
    ? `${encodeURIComponent(credential.userName)}:${encodeURIComponent(credential.password)}@`
    : ''
  const whole = url.replace('://', `://${signIn}`)
  return [
    'ffconcat version 1.0',
    `file '${whole.replaceAll("'", "'\\''")}'`,
    'option rtsp_transport tcp',
    `option timeout ${Math.round(timeoutMs * 1000)}`,
    ''
  ].join('\n')
}

/** ffmpeg repeats the address in its complaints; the sign-in in it is taken out. */
export const withoutSignIn = (text: string): string => text.replace(/:\/\/[^/\s]*@/g, '://')

const mostComplaint = 8192

/** Its standard output. @throws MatthanError as CameraSource.probe; never later than the deadline. */
export const runOnStream = async (options: StreamTool): Promise<Buffer> => {
  options.signal?.throwIfAborted()
  try {
    return await withDeadline(options.deadlineMs, signal => runUntil(options, signal), options.signal)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (isTimeout(error)) throw tooSlow(options.address.host, options.deadlineMs)
    throw error
  }
}

const runUntil = async (options: StreamTool, signal: AbortSignal): Promise<Buffer> => {
  const { tool, args, address, credential, deadlineMs, mostBytes } = options
  const child = spawn(
    tool,
    args.flatMap(arg => (arg === '{input}' ? concatInput : [arg]))
  )
  // ffmpeg that waits for a camera does not obey SIGTERM.
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })
  const chunks: Buffer[] = []
  let bytes = 0
  let complaint = ''
  child.stdout.on('data', chunk => {
    bytes += chunk.length
    if (bytes > mostBytes) kill()
    else chunks.push(chunk)
  })
  child.stderr.on('data', chunk => {
    complaint = (complaint + chunk).slice(0, mostComplaint)
  })
  child.stdin.on('error', () => {})
  child.stdin.end(concatScript(address.url, credential, deadlineMs))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  signal.removeEventListener('abort', kill)
  if (bytes > mostBytes) throw new MatthanError('exhausted', 'camera.tooLarge', { host: address.host })
  if (code !== 0 || bytes === 0) throw complaintToError(withoutSignIn(complaint), address.host, deadlineMs)
  return Buffer.concat(chunks)
}

/** What `AbortSignal.timeout` aborts with. */
export const isTimeout = (error: unknown): boolean => (error as { name?: unknown } | null)?.name === 'TimeoutError'

export const tooSlow = (host: string, deadlineMs: number): MatthanError =>
  new MatthanError('unreachable', 'camera.tooSlow', { host, seconds: Math.round(deadlineMs / 100) / 10 })

/** ffmpeg's words for what a camera did. */
export const complaintToError = (complaint: string, host: string, deadlineMs: number): MatthanError => {
  const reason = complaint.trim().split('\n').at(-1)?.slice(0, 200) ?? ''
  if (/401 Unauthorized|403 Forbidden|authorization failed/i.test(complaint))
    return new MatthanError('refused', 'camera.signInRefused', { host })
  if (/404 Not Found|454 Session|Stream not found/i.test(complaint))
    return new MatthanError('notFound', 'camera.noSuchStream', { host })
  if (/timed out/i.test(complaint)) return tooSlow(host, deadlineMs)
  if (/refused|No route|unreachable|resolve|Connection reset|Broken pipe|Immediate exit/i.test(complaint))
    return new MatthanError('unreachable', 'camera.unreachable', { host, reason })
  return new MatthanError('notFound', 'camera.noStreams', { host, reason })
}
