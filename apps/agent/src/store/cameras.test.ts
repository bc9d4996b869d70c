import { expect, test } from 'vitest'
import { makeTestBox } from '../testing/box.ts'
import { cameraTable, type NewCamera } from './cameras.ts'

const camera = (address: string, requiredDays: number): NewCamera => ({
  ...{ name: 'Chợ', place: '', kind: 'rtsp', streamToken: '', userName: '', sealedPassword: '', facts: {} },
  address,
  streamUrl: address,
  requiredDays
})

test('what a channel must keep is what its viewpoint says, also after it was removed', async () => {
  const box = await makeTestBox()
  const table = cameraTable(box.store)
  const { channelId } = table.put(camera('rtsp://10.0.0.1/1', 30), 1000).camera
  table.put(camera('rtsp://10.0.0.2/1', 7), 1000)
  expect(table.requiredDays(channelId)).toBe(30)
  table.remove(channelId, 2000)
  expect(table.get(channelId)?.viewpoint).toBeUndefined()
  expect(table.requiredDays(channelId)).toBe(30)
  expect(table.recorded().map(one => one.channelId)).not.toContain(channelId)
  expect(table.requiredDays('of nobody')).toBe(0)
  await box.close()
})
