import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** One of our programs as the fleet runs it: the built file, under its own user, its log in a file. */
export type Program = {
  name: string
  pid: number
  logFile: string
  alive(): boolean
  kill(signal: NodeJS.Signals): void
  /** Ends it in order (SIGTERM, then SIGKILL after 10 s) and waits. */
  stop(): Promise<void>
  /** Resolves when it has ended, with its exit code (null: by a signal). */
  ended: Promise<number | null>
  /** The first line of standard output that is JSON. Rejects with the end of the log when the program ends first. */
  firstLine: Promise<Record<string, unknown>>
}

export type Launch = {
  name: string
  command: string
  args: string[]
  /** System user to become; ignored without root. */
  user?: string | undefined
  logFile: string
  env?: Record<string, string>
}

export const isRoot = process.getuid?.() === 0

/**
 * `setpriv` execs the program itself, so that the pid is the program's, with the user's own groups and no others. The
 * environment is set behind it: what is preloaded is for the program, not for root.
 */
const asUser = ({
  user,
  command,
  args,
  env = {}
}: Pick<Launch, 'user' | 'command' | 'args' | 'env'>): [string, string[]] => {
  const words = ['env', ...Object.entries(env).map(([name, value]) => `${name}=${value}`), command, ...args]
  return user && isRoot
    ? ['setpriv', [`--reuid=${user}`, `--regid=${user}`, '--init-groups', '--', ...words]]
    : ['env', words.slice(1)]
}

const tail = (file: string): string => readFileSync(file, 'utf8').split('\n').slice(-15).join('\n')

const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LANG: 'C.UTF-8' }

/** Starts a program that stays. */
export const launch = (options: Launch): Program => {
  const { name, logFile } = options
  const [file, all] = asUser(options)
  const log = openSync(logFile, 'a')
  const child: ChildProcess = spawn(file, all, { stdio: ['ignore', 'pipe', log], env: environment, cwd: '/' })
  closeSync(log)
  const ended = new Promise<number | null>(resolve => {
    child.once('exit', code => resolve(code))
    child.once('error', () => resolve(-1))
  })
  const firstLine = new Promise<Record<string, unknown>>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', line => {
      if (line.startsWith('{')) resolve(JSON.parse(line))
    })
    void ended.then(code => reject(new Error(`${name} ended with ${code} before it was ready:\n${tail(logFile)}`)))
  })
  firstLine.catch(() => {})
  const alive = () => child.exitCode === null && child.signalCode === null
  return {
    name,
    pid: child.pid!,
    logFile,
    alive,
    ended,
    firstLine,
    kill: signal => void child.kill(signal),
    stop: async () => {
      if (!alive()) return
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      const hard = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(hard)
    }
  }
}

export type Answer = { code: number; out: string; err: string }

/** Runs a command to its end. Standard input carries what must not be an argument. */
export const call = async (
  options: Omit<Launch, 'logFile' | 'name'> & { input?: string; timeoutMs?: number }
): Promise<Answer> => {
  const [file, all] = asUser(options)
  const child = spawn(file, all, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: environment,
    cwd: '/',
    timeout: options.timeoutMs ?? 60_000
  })
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  const collect = async (stream: NodeJS.ReadableStream): Promise<string> => {
    let text = ''
    for await (const chunk of stream.setEncoding('utf8')) text += chunk
    return text
  }
  const [out, err, code] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', c => resolve(c ?? -1))
    })
  ])
  return { code, out, err }
}
