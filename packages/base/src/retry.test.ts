import { describe, expect, it } from 'vitest'
import { type Clock, systemClock } from './clock.ts'
import { backOff, runForever } from './retry.ts'

describe('the wait between two tries', () => {
  it('doubles up to its most, starts over when it is reset, and never overflows', () => {
    const wait = backOff(100, 1000, () => 0.5)
    expect(Array.from({ length: 6 }, wait.next)).toEqual([100, 200, 400, 800, 1000, 1000])
    for (let i = 0; i < 2000; i++) wait.next()
    expect(wait.next()).toBe(1000)
    wait.reset()
    expect(wait.next()).toBe(100)
  })

  it('differs by up to a quarter either way, so that a fleet does not march in step', () => {
    expect(backOff(100, 1000, () => 0).next()).toBe(75)
    expect(backOff(100, 1000, () => 1).next()).toBe(125)
  })
})

describe('work that goes on for ever', () => {
  const run = (job: (tries: number, stop: AbortController) => void) => {
    const stop = new AbortController()
    const waited: number[] = []
    const failures: unknown[] = []
    let tries = 0
    const clock: Clock = { ...systemClock, sleep: async ms => void waited.push(ms) }
    const done = runForever({
      clock,
      signal: stop.signal,
      wait: backOff(100, 1000, () => 0.5),
      runOnce: async () => job(++tries, stop),
      failed: error => void failures.push(error)
    })
    return done.then(() => ({ tries, waited, failures }))
  }

  it('is tried again after each failure, which is told, with a growing wait', async () => {
    const { tries, waited, failures } = await run((tries, stop) => {
      if (tries === 4) stop.abort()
      else throw new Error(`try ${tries}`)
    })
    expect(tries).toBe(4)
    expect(failures.map(String)).toEqual(['Error: try 1', 'Error: try 2', 'Error: try 3'])
    expect(waited.slice(0, 3)).toEqual([100, 200, 400])
  })

  it('ends quietly when it fails because it was told to stop', async () => {
    const { tries, failures } = await run((_, stop) => {
      stop.abort()
      throw new Error('interrupted')
    })
    expect({ tries, failures }).toEqual({ tries: 1, failures: [] })
  })
})
