import { describe, expect, it } from 'vitest'
import { fromUnknown, MatthanError, sayError, toWire } from './error.ts'
import { exitCodeOf } from './exit-code.ts'

const systemError = (code: string): Error => Object.assign(new Error(`${code}: it said so`), { code })

describe('an error', () => {
  it('is a kind, a sentence with a hint in two languages, and its cause', () => {
    const cause = new Error('below')
    const error = new MatthanError('busy', 'base.busy', { reason: 'port 8445' }, { cause })
    expect(error).toMatchObject({ kind: 'busy', key: 'base.busy', cause })
    expect(error.message).toContain('port 8445')
    expect(error.hint).not.toBe('')
    expect(sayError(error, 'en').message).toBe(error.message)
    expect(sayError(error, 'vi').message).toContain('port 8445')
    expect(sayError(error, 'vi').message).not.toBe(error.message)
  })

  it('crosses a wire as kind, key and parameters, without its cause and its stack', () => {
    const error = new MatthanError('notFound', 'base.noSuchFile', { reason: 'x' }, { cause: new Error('/inside') })
    expect(toWire(error)).toEqual({ kind: 'notFound', key: 'base.noSuchFile', params: { reason: 'x' } })
  })

  it('of the system gets the kind that it means, and keeps itself as the cause', () => {
    const kinds = {
      ENOSPC: 'exhausted',
      EROFS: 'exhausted',
      SQLITE_CORRUPT: 'dataLoss',
      EADDRINUSE: 'busy',
      ECONNREFUSED: 'unreachable',
      EACCES: 'refused',
      ENOENT: 'notFound',
      EWHATEVER: 'internal'
    }
    for (const [code, kind] of Object.entries(kinds)) {
      const foreign = systemError(code)
      expect(fromUnknown(foreign), code).toMatchObject({ kind, cause: foreign })
    }
  })

  it('of ours passes unchanged, and anything that was thrown becomes one of ours', () => {
    const ours = new MatthanError('config', 'base.badJson', { path: 'p', reason: 'r' })
    expect(fromUnknown(ours)).toBe(ours)
    expect(fromUnknown(AbortSignal.abort().reason)).toMatchObject({ kind: 'busy', key: 'base.interrupted' })
    for (const thrown of [undefined, null, 'words', 7, {}])
      expect(fromUnknown(thrown)).toMatchObject({ kind: 'internal', key: 'base.internal' })
  })

  it('ends a program with a code that a script can tell apart', () => {
    expect(exitCodeOf).toMatchObject({
      internal: 1,
      usage: 2,
      config: 3,
      notEnrolled: 4,
      unreachable: 5,
      refused: 6,
      verification: 7,
      busy: 8
    })
    expect(Object.values(exitCodeOf)).not.toContain(0)
  })
})
