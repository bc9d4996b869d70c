import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Clock, systemClock } from './clock.ts'
import { type Discipline, readDiscipline, watchDiscipline } from './discipline.ts'

afterEach(() => vi.unstubAllEnvs())

describe('whether the clock is kept right', () => {
  it('is what the keeper of a machine without a time service says', async () => {
    vi.stubEnv('MATTHAN_CLOCK_KEPT_OUTSIDE', 'yes')
    expect(await readDiscipline(Date.now())).toBe('outside')
  })

  it('is asked at once, again while it is watched, and doubted until the first answer', async () => {
    const answers: Discipline[] = ['kernel', 'none']
    let again: () => void | Promise<void> = () => {}
    const every: Clock['every'] = (_, job) => {
      again = job
    }
    const clock = { ...systemClock, every }
    const watch = watchDiscipline({ clock, signal: new AbortController().signal, read: async () => answers.shift()! })
    expect(watch.now()).toBe('none')
    await watch.first
    expect(watch.now()).toBe('kernel')
    await again()
    expect(watch.now()).toBe('none')
  })
})
