import { createHash, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@matthan/base/clock'
import { makeLog } from '@matthan/base/log'
import { readCode } from '@matthan/protocol/enrolment'
import { isPinnedBy } from '@matthan/protocol/pin'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCli } from './cli/cli.ts'
import { readConfig } from './config.ts'
import { startControl } from './control.ts'

let folder: string
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'matthan-control-')), 'data')
})
afterEach(() => rm(join(folder, '..'), { recursive: true }))

const run = async (...args: string[]) => {
  let text = ''
  const signal = new AbortController().signal
  const out = {
    write: (more: string) => {
      text += more
    }
  }
  const code = await runCli([...args, '--data', folder, '--json'], { signal, clock: systemClock, out })
  return { code, answer: JSON.parse(text) }
}
const init = () => run('init', '--bind', '127.0.0.1', '--ports', '0,0,0,0')
const start = async () =>
  await startControl({ folder, config: await readConfig(folder), clock: systemClock, log: makeLog('test', 'silent') })

test('a centre that was made starts on free ports, answers its console, checks out and stops', async () => {
  const { answer: made } = await init()
  expect(existsSync(made.root)).toBe(true)
  const control = await start()
  try {
    expect(control.rootSha256).toBe(made.rootSha256)
    const code = (await run('box', 'add', 'Phường 1')).answer
    const root = new X509Certificate(readFileSync(made.root)).raw
    expect(createHash('sha256').update(root).digest('hex')).toBe(made.rootSha256)
    expect(isPinnedBy(readCode(code.code)!, root)).toBe(true)
    expect((await run('box', 'list')).answer).toMatchObject([{ name: 'Phường 1', state: 'expected', online: false }])
    await expect(run('box', 'revoke', 'Phường 1', '--reason', ' ')).rejects.toMatchObject({ kind: 'usage' })
    await run('box', 'revoke', code.boxId, '--reason', 'Mất trộm')
    const shown = (await run('box', 'show', code.boxId)).answer
    expect(shown).toMatchObject({ state: 'revoked', revokedReason: 'Mất trộm' })
    expect((await run('status')).answer).toMatchObject({ boxes: 0, online: 0, addresses: control.addresses })
    expect((await run('check')).answer).toMatchObject({ ok: true })
    await expect(run('clip', 'status', 'EV-2026-000009')).rejects.toMatchObject({ kind: 'notFound' })
    // The web is open to nobody.
    const answer = await fetchInsecurely(`${control.addresses.web}/trpc/box.list`)
    expect(answer).toBe(403)
  } finally {
    await control.close()
  }
  expect(existsSync(join(folder, 'control.db-wal'))).toBe(false)
  await expect(run('box', 'list')).rejects.toMatchObject({ kind: 'unreachable' })
})

test('a folder has one centre: it is made once and runs once', async () => {
  await expect(start()).rejects.toMatchObject({ kind: 'config', key: 'control.notInitialised' })
  await init()
  await expect(init()).rejects.toMatchObject({ kind: 'refused' })
  const control = await start()
  await expect(start()).rejects.toMatchObject({ kind: 'busy' })
  await control.close()
  await (await start()).close()
}, 20_000)

test('a command that is not understood ends with the code for usage', async () => {
  const quiet = { write: () => true }
  const cli = { signal: new AbortController().signal, clock: systemClock, out: quiet }
  for (const args of [['nonsense'], ['clip', 'request'], ['box', 'revoke', 'A']])
    await expect(runCli(args, cli), args.join(' ')).rejects.toMatchObject({ kind: 'usage' })
  expect(await runCli(['--version'], cli)).toBe(0)
})

const fetchInsecurely = async (url: string): Promise<number> => {
  const { request } = await import('node:https')
  return await new Promise((resolve, reject) => {
    request(url.replace('localhost', '127.0.0.1'), { rejectUnauthorized: false }, answer => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}
