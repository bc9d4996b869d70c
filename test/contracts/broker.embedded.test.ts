import { type EmbeddedBroker, startBroker } from '@matthan/control/broker/embedded'
import { listenerTls, makeHouse } from '@matthan/control/identity/testing/house'
import { brokerContract } from './broker.ts'

brokerContract('embedded Aedes', async events => {
  const house = await makeHouse()
  const { identity, clock, log } = house
  const broker: EmbeddedBroker = await startBroker({
    tls: listenerTls(identity),
    bind: '127.0.0.1',
    port: 0,
    checkPeer: identity.register.checkPeer,
    clock,
    log,
    ...events
  })
  return {
    broker,
    port: broker.port,
    makeBox: house.makeBox,
    revoke: boxId => identity.register.revoke(boxId, 'test'),
    refusals: () => house.logged().flatMap(line => (line.msg === 'refused' && line.what ? [line.what] : [])),
    stop: async () => {
      await broker.close()
      await house.close()
    }
  }
})
