import { describe, expect, it } from 'vitest'
import { MatthanError } from './error.ts'
import { makeLog } from './log.ts'

const logged = (told: object): string => {
  let text = ''
  const write = (line: string): void => {
    text += line
  }
  makeLog('test', 'info', { write }).info(told, 'told')
  return text
}
const pem = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----\n'

describe('the log', () => {
  it('shows what an error is: kind, key, parameters, sentence, under either name', () => {
    const error = new MatthanError('refused', 'identity.boxUnknown', { box: 'A' })
    for (const name of ['err', 'error'])
      expect(JSON.parse(logged({ [name]: error }))[name]).toMatchObject({
        kind: 'refused',
        key: 'identity.boxUnknown',
        params: { box: 'A' },
        message: error.message
      })
    expect(JSON.parse(logged({ reason: { key: 'base.busy', kind: 'busy' } })).reason.key).toBe('base.busy')
  })

  it('shows the code of the system and of a condition', () => {
    const error = Object.assign(new Error('no such file'), { code: 'ENOENT' })
    expect(JSON.parse(logged({ err: error })).err.code).toBe('ENOENT')
    expect(JSON.parse(logged({ code: 'cameraUnreachable' })).code).toBe('cameraUnreachable')
  })

  it('hides every planted secret, however deep, in lists and in errors', () => {
    const planted = {
      password: 'planted-1',
      sealedPassword: 'planted-2',
      credential: 'planted-3',
      passphrase: 'planted-4',
      privateKey: 'planted-5',
      secret: 'planted-6',
      authorization: 'planted-7',
      cookie: 'planted-8',
      key: pem,
      code: 'KQ7M-2XTD-9F3A-7BCD'
    }
    const circle: Record<string, unknown> = { held: planted }
    circle.circle = circle
    const error = Object.assign(new Error('x'), { request: planted })
    const objects = [planted, { a: { b: { c: planted } } }, { list: [[planted]] }, { err: error }, { a: error }, circle]
    for (const told of objects) {
      const text = logged(told)
      expect(text).not.toMatch(/planted|PRIVATE|MIGH|KQ7M/)
      expect(text).toContain('told')
    }
    expect(logged({ request: { code: 'kq7m 2xtd 9f3a 7bcd', key: Buffer.from(pem) } })).not.toMatch(/kq7m|45,45/)
  })
})
