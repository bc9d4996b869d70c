import type { Discipline } from '@matthan/base/discipline'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake_clock.ts'
import type { ClockOffset } from './centre.ts'
import { makeClockTrust } from './trust.ts'

const trustOf = async (discipline: Discipline, last?: Partial<ClockOffset>) => {
  const clock = fakeClock()
  const offset = last && { offsetMs: 0, uncertaintyMs: 10, measuredMs: clock.nowMs(), ...last }
  const trust = makeClockTrust({ clock, offset: () => offset, read: async () => discipline })
  const stop = new AbortController()
  await trust.watch(stop.signal)
  stop.abort()
  return trust.source()
}

describe('whether the clock can be trusted', () => {
  it('follows the time service of the machine', async () => {
    expect(await trustOf('kernel')).toBe('kernel')
    expect(await trustOf('none')).toBe('none')
  })

  it('follows a close comparison with the centre where no time service runs', async () => {
    expect(await trustOf('none', { offsetMs: -400 })).toBe('centre')
    expect(await trustOf('none', { offsetMs: 400, uncertaintyMs: 700 })).toBe('none')
    expect(await trustOf('none', { measuredMs: fakeClock().nowMs() - 3600_001 })).toBe('none')
  })

  it('does not believe a time service that the centre proves wrong', async () => {
    expect(await trustOf('timesyncd', { offsetMs: 3600_000 })).toBe('none')
    expect(await trustOf('timesyncd', { offsetMs: 6000, uncertaintyMs: 3000 })).toBe('timesyncd')
  })
})
