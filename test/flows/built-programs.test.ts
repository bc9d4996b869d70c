import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOnvifDevice } from '../cameras/onvif_device.ts'
import { call } from '../fleet/program.ts'
import { makeOwned, makeStage, type Stage } from '../fleet/stage.ts'

/** The three built files, far from any node_modules: nothing may be missing in them (the other flows run them too). */
describe('the built programs', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await makeStage()
  })
  afterAll(() => rmSync(stage.folder, { recursive: true, force: true }))

  const run = (name: Parameters<Stage['program']>[0], args: string[], input = '') =>
    call({ command: stage.node, args: [stage.program(name), ...args], input })

  for (const name of ['matthan-agent', 'matthan-recorder', 'matthan-control'] as const) {
    it(`${name} helps, tells its version, and knows a wrong word from a right one`, async () => {
      const help = await run(name, ['--help'])
      expect(help.code).toBe(0)
      expect(help.out).toContain(name)
      expect((await run(name, ['--version'])).out).toMatch(/^\d+\.\d+\.\d+/)
      const wrong = await run(name, ['no-such-word'])
      expect(wrong.code).toBe(2)
    })
  }

  it('a folder holds the programs and what must lie beside them, and nothing else', () => {
    expect(readdirSync(join(stage.folder, 'programs')).sort()).toEqual([
      'better_sqlite3.node',
      'matthan-agent.mjs',
      'matthan-control.mjs',
      'matthan-recorder.mjs',
      'schema.sql'
    ])
  })

  it('each is plain ASCII, so that Node keeps it in one byte a character, and runs by its first line', () => {
    for (const name of ['matthan-agent', 'matthan-recorder', 'matthan-control'] as const) {
      const file = stage.program(name)
      expect(readFileSync(file).every(byte => byte < 128)).toBe(true)
      const PATH = `${stage.folder}:${process.env.PATH}`
      expect(execFileSync(file, ['--version'], { encoding: 'utf8', env: { PATH } })).toMatch(/^\d+\.\d+\.\d+/)
    }
  })

  it('the ONVIF worker of the built agent answers', async () => {
    const data = makeOwned(join(stage.folder, 'agent'), 0o700)
    const device = await startOnvifDevice({
      userName: 'admin',
      password: 'x',
      streams: [{ token: 'p1', url: 'rtsp://127.0.0.1:9/cam1' }]
    })
    try {
      const answer = await run(
        'matthan-agent',
        ['camera', 'probe', device.url, '--user', 'admin', '--password-file', '-', '--json', '--data', data],
        'x\n'
      )
      expect(answer.code, answer.err).toBe(0)
      expect(JSON.parse(answer.out).identity.manufacturer).toBe(device.identity.manufacturer)
    } finally {
      await device.stop()
    }
  })
})
