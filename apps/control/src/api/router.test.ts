import { newId } from '@matthan/base/id'
import type { AnyTRPCRouter } from '@trpc/server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type House, openHouse } from '../testing/house.ts'
import { publicError } from './error.ts'
import { permissions } from './permissions.ts'
import { callerOf } from './procedure.ts'
import { makeRouter } from './router.ts'

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())

const routerOf = () =>
  makeRouter({
    store: house.store,
    nowMs: house.clock.nowMs,
    makeCode: async () => ({ code: 'CODE', boxId: newId(), expiresMs: 1 }),
    revokeBox: async () => {},
    requestClip: house.clips.request,
    cancelClip: house.clips.cancel,
    giveOrder: house.dispatcher.order,
    progressOf: house.dispatcher.progressOf,
    vaultFolder: '/v',
    centre: () => ({ name: 'n', rootSha256: 'h', dataFolder: '/d', addresses: {} }),
    signal: new AbortController().signal
  })

test('every procedure has the permission of its own name, and every permission a procedure', () => {
  const { procedures } = (routerOf() as AnyTRPCRouter)._def
  const found = Object.entries<{ _def: unknown }>(procedures).map(([path, one]) => {
    const { meta } = one._def as { meta?: { permission?: string } }
    expect(meta?.permission).toBe(path)
    return path
  })
  expect(found.sort()).toEqual([...permissions].sort())
})

test('whoever is nobody may do nothing at all', async () => {
  const caller = callerOf(routerOf())({ actor: { kind: 'nobody' } }) as unknown as Record<string, unknown>
  for (const path of permissions) {
    const call = path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], caller)
    await expect((call as (input: object) => Promise<unknown>)({}), path).rejects.toMatchObject({ code: 'FORBIDDEN' })
  }
})

test('an error of ours comes out as its kind and key, and never with its inside', async () => {
  const caller = callerOf(routerOf())({ actor: { kind: 'console' } })
  const wrong = await caller.clip.status({ clip: 'x' }).catch(error => error)
  expect(wrong.code).toBe('NOT_FOUND')
  expect(publicError(wrong)).toEqual({ kind: 'notFound', key: 'control.noClip', params: { clip: 'x' } })
  const unread = await caller.clip.list({ most: -1 }).catch(error => error)
  expect(publicError(unread)).toMatchObject({ kind: 'usage', key: 'base.badShape' })
  house.store.write = async () => {
    throw new Error('/secret/path')
  }
  const broken = await caller.snapshot.take({ viewpoint: 'x', reason: '', requestedBy: '' }).catch(error => error)
  expect(JSON.stringify(publicError(broken))).not.toContain('secret')
})

test('a viewpoint is found by its name however its marks are composed', async () => {
  const boxId = await house.addBox()
  await house.store.write(trx =>
    trx
      .insertInto('viewpoint')
      .values({ viewpoint_id: newId(), box_id: boxId, name: 'Chợ Lớn', place: '', required_days: 1 })
      .execute()
  )
  const caller = callerOf(routerOf())({ actor: { kind: 'console' } })
  const toMs = house.clock.nowMs() - 1000
  const wish = { fromMs: toMs - 1000, toMs, reason: 'r', requestedBy: 'p' }
  const clip = await caller.clip.request({ ...wish, viewpoint: 'Chợ Lớn'.normalize('NFD') })
  expect(clip.state).toBe('waitingForBox')
  await expect(caller.clip.request({ ...wish, viewpoint: '../../etc' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
