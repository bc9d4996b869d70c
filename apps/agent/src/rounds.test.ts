import { makeLog } from '@matthan/base/log'
import { beforeEach, describe, expect, it } from 'vitest'
import { makeRounds, type Rounds } from './rounds.ts'
import { type FakeClock, fakeClock } from './testing/fake_clock.ts'

const settled = () => new Promise(resolve => setImmediate(resolve))

describe('rounds', () => {
  let clock: FakeClock
  let stop: AbortController
  let rounds: Rounds
  beforeEach(() => {
    clock = fakeClock()
    stop = new AbortController()
    rounds = makeRounds({ clock, log: makeLog('test', 'silent'), signal: stop.signal })
  })

  it('are done at the start and at their time, also after one has failed', async () => {
    let done = 0
    rounds.add('a', 1000, () => {
      done++
      throw new Error('no')
    })
    const running = rounds.run()
    await clock.pass(3500)
    expect(done).toBe(4)
    stop.abort()
    await running
    await clock.pass(5000)
    expect(done).toBe(4)
  })

  it('are never done beside themselves, but once more when asked meanwhile', async () => {
    const gates: (() => void)[] = []
    let most = 0
    let doing = 0
    rounds.add('a', 3600_000, async () => {
      most = Math.max(most, ++doing)
      await new Promise<void>(resolve => gates.push(resolve))
      doing--
    })
    const running = rounds.run()
    for (let i = 0; i < 5; i++) rounds.now('a')
    gates[0]!()
    await settled()
    expect(gates).toHaveLength(2)
    gates[1]!()
    await settled()
    expect(gates).toHaveLength(2)
    expect(most).toBe(1)
    stop.abort()
    await running
  })

  it('are waited for when everything stops', async () => {
    const gate = Promise.withResolvers<void>()
    let over = false
    rounds.add('a', 1000, () => gate.promise)
    const running = rounds.run().then(() => {
      over = true
    })
    stop.abort()
    await settled()
    expect(over).toBe(false)
    gate.resolve()
    await running
  })
})
