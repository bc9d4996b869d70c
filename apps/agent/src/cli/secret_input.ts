import { readFile } from 'node:fs/promises'
import { MatthanError } from '@matthan/base/error'
import { type Context, tell } from './context.ts'

const mostBytes = 4096
const enter = /[\r\n]/
const endOfText = '\u0003'
const rubout = '\u007f'

/** One line typed at a terminal, not shown. */
const typed = (prompt: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { stdin, stderr } = process
    let text = ''
    stderr.write(prompt)
    stdin.setRawMode(true)
    stdin.setEncoding('utf8')
    const end = (finish: () => void) => {
      stdin.setRawMode(false)
      stdin.pause()
      stdin.off('data', take)
      stderr.write('\n')
      finish()
    }
    const take = (part: string) => {
      for (const char of part) {
        if (char === endOfText) return end(() => reject(new MatthanError('busy', 'base.interrupted')))
        if (enter.test(char)) return end(() => resolve(text))
        text = char === rubout ? text.slice(0, -1) : text + char
      }
    }
    stdin.on('data', take)
    stdin.resume()
  })

const fromStdin = async (): Promise<string> => {
  let text = ''
  process.stdin.setEncoding('utf8')
  for await (const part of process.stdin as AsyncIterable<string>) {
    text += part
    if (text.length > mostBytes) break
  }
  return text
}

/**
 * A secret: from a file, from standard input, or typed without being shown. Never from the argument vector, which
 * every user of the machine can read.
 * @param file a path; `-` or nothing = standard input or the terminal
 */
export const readSecretInput = async (context: Context, what: 'Code' | 'Password', file?: string): Promise<string> => {
  const from = file !== undefined && file !== '-' ? readFile(file, 'utf8') : undefined
  const text = await (from ?? (process.stdin.isTTY ? typed(tell(context, `agent.ask${what}`)) : fromStdin()))
  const [line = ''] = text.split(enter)
  if (line === '') throw new MatthanError('usage', 'agent.secretMissing', { what: tell(context, `agent.what${what}`) })
  return line
}

/** Every user of the machine can read an argument vector: where a secret could stand there, only `-` is taken. */
export const onlyDash = (option: string, value: string | undefined): void => {
  if (value !== undefined && value !== '-') throw new MatthanError('usage', 'agent.secretInArgument', { option })
}
