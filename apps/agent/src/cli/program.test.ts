import { spawn } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeLock } from '../store/lock.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

describe('the commands', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'matthan-cli-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const call = async (args: string[], input = '') => {
    const child = spawn(process.execPath, [main, ...args], { stdio: 'pipe' })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    let [out, err] = ['', '']
    child.stdout.on('data', part => {
      out += part
    })
    child.stderr.on('data', part => {
      err += part
    })
    const code = await new Promise<number | null>(resolve => child.once('close', resolve))
    return { code, out, err }
  }
  const here = (...args: string[]) => [...args, '--data', folder]

  it('explain themselves in Vietnamese', async () => {
    const { code, out } = await call(['--help'])
    expect(code).toBe(0)
    for (const name of ['run', 'enroll', 'camera', 'status', 'doctor', 'clip']) expect(out).toContain(name)
    expect(out).toContain('Đăng ký đầu ghi')
  })

  it('end with 2 for a wrong command line, 3 for a wrong configuration, 4 without enrolment', async () => {
    expect((await call(['fly'])).code).toBe(2)
    expect((await call(here('camera', 'add', 'rtsp://127.0.0.1/x'))).code).toBe(2)
    expect((await call(here('run'))).code).toBe(4)
    await writeFile(join(folder, 'agent.json'), '{"v":1,"segmentSeconds":"x"}')
    const { code, err } = await call(here('status'))
    expect(code).toBe(3)
    expect(err).toContain('segmentSeconds')
  })

  it('take no secret from the argument vector', async () => {
    const enrol = await call(here('enroll', '--server', '127.0.0.1:1', '--code', 'KQ7M-2XTD-9F3A-7BCD'))
    expect(enrol.code).toBe(2)
    const add = await call(
      here('camera', 'add', 'rtsp://127.0.0.1:1/x', '--name', 'a', '--user', 'u', '--password', 'p')
    )
    expect(add.code).toBe(2)
    const inAddress = await call(here('camera', 'add', 'rtsp://u:geheim@127.0.0.1:1/x', '--name', 'a'))
    expect(inAddress.code).toBe(2)
    expect(inAddress.err).not.toContain('geheim')
  })

  it('say with --json what went wrong, for machines and for people', async () => {
    const { code, out, err } = await call(here('enroll', '--server', '127.0.0.1:1', '--json'), 'KQ7M-2XTD-9F3A-7BCD\n')
    expect(code).toBe(5)
    expect(JSON.parse(out).error).toMatchObject({ kind: 'unreachable', key: 'identity.boxUnreachable' })
    expect(err).toContain('127.0.0.1:1')
    expect(`${out}${err}`).not.toContain('KQ7M')
  })

  it('tell how a box is that has nothing yet, and what is to be done about it', async () => {
    const status = await call(here('status', '--json'))
    expect(JSON.parse(status.out)).toMatchObject({ enrolled: false, running: false, channels: [], conditions: [] })
    const doctor = await call(here('doctor', '--json'))
    expect(doctor.code).toBe(1)
    const { ok, checks } = JSON.parse(doctor.out)
    expect(ok).toBe(false)
    for (const check of checks) expect(check.ok || check.whatToDo !== '').toBe(true)
  })

  it('know whether an agent runs on the folder', async () => {
    const lock = takeLock(join(folder, 'agent.lock'))
    expect(JSON.parse((await call(here('status', '--json'))).out).running).toBe(true)
    lock.release()
    expect(JSON.parse((await call(here('status', '--json'))).out).running).toBe(false)
  })

  it('make a store that others cannot read', async () => {
    await call(here('status'))
    expect((await stat(join(folder, 'agent.db'))).mode & 0o007).toBe(0)
  })
})
