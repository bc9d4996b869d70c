import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type OnvifDevice, startOnvifDevice } from './onvif_device.ts'

const streams = [{ token: 'main', url: 'rtsp://127.0.0.1/cam1' }]
const account = { userName: 'admin', password: 's3cret' }

const token = (password: string): string => {
  const nonce = randomBytes(16)
  const created = new Date().toISOString()
  const digest = createHash('sha1').update(nonce).update(created).update(password).digest('base64')
  return (
    `<Security><UsernameToken><Username>admin</Username><Password>${digest}</Password>` +
    `<Nonce>${nonce.toString('base64')}</Nonce><Created>${created}</Created></UsernameToken></Security>`
  )
}

const ask = async (device: OnvifDevice, body: string, header = ''): Promise<{ status: number; text: string }> => {
  const envelope = `<s:Envelope xmlns:s="x"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`
  const response = await fetch(device.url, { method: 'POST', body: envelope })
  return { status: response.status, text: await response.text() }
}

describe('the simulated ONVIF device', () => {
  test('tells the time to anybody, and who it is only to whoever signs in', async () => {
    await using device = await startOnvifDevice({ streams, ...account })
    expect((await ask(device, '<tds:GetSystemDateAndTime/>')).text).toContain('UTCDateTime')
    const refused = await ask(device, '<tds:GetDeviceInformation/>')
    expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('NotAuthorized') })
    expect((await ask(device, '<tds:GetDeviceInformation/>', token('wrong'))).status).toBe(400)
    expect((await ask(device, '<tds:GetDeviceInformation/>', token('s3cret'))).text).toContain('SIM-0001')
    expect(device.asked).toHaveLength(4)
  })

  test('has another clock when it is told so', async () => {
    await using device = await startOnvifDevice({ streams, ...account, clock: new Date('2031-01-31T23:59:58Z') })
    const { text } = await ask(device, '<tds:GetSystemDateAndTime/>')
    expect(text).toContain('<tt:Year>2031</tt:Year><tt:Month>1</tt:Month><tt:Day>31</tt:Day>')
  })
})

/** A network of its own with multicast on loopback: onvif-util finds cameras by WS-Discovery only. */
const inNamespace = (command: string[]) => {
  const set = 'ip link set lo up && ip link set lo multicast on && ip route add 239.255.255.250/32 dev lo'
  return ['unshare', '-rn', 'bash', '-c', `${set} && exec "$@"`, 'in', ...command]
}

const missing = (): string | undefined => {
  if (spawnSync('onvif-util', ['-h']).error) return 'onvif-util is not installed (Debian package onvif-tools)'
  const [command, ...args] = inNamespace(['true'])
  if (spawnSync(command!, args).status !== 0) return 'no network namespace may be made here'
  return undefined
}

const reason = missing()
describe.skipIf(reason)(`onvif-util agrees with the simulated device${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const talk = async (password: string, questions: string[]): Promise<string> => {
    const client = ['onvif-util', '-u', 'admin', '-p', password, '127.0.0.1']
    const main = join(import.meta.dirname, 'onvif_main.ts')
    const [command, ...args] = inNamespace([process.execPath, main, ...client])
    const child = spawn(command!, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdin.end(`${questions.join('\n')}\nquit\n`)
    let said = ''
    for await (const chunk of child.stdout) said += chunk
    return said
  }

  test('on its serial number, its clock, its profiles and its streams', async () => {
    const said = await talk('s3cret', ['get time', 'get profiles', 'get rtsp', 'get rtsp 1'])
    expect(said).toContain('SIM-0001')
    expect(said).toMatch(/Time Offset: -?[01] seconds/)
    expect(said).toMatch(/Token 0: main\s+Token 1: sub/)
    expect(said).toContain('rtsp://127.0.0.1:8554/cam1')
    expect(said).toContain('rtsp://127.0.0.1:8554/cam2?channel=1&subtype=1')
  }, 20_000)

  test('that a wrong password is refused', async () => {
    expect(await talk('wrong', [])).toContain('NotAuthorized')
  }, 20_000)
})
