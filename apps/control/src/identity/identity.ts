import { join } from 'node:path'
import type { Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'
import type { ControlStore } from '../store/open.ts'
import { type Authority, openAuthority } from './authority.ts'
import { type Enrolment, makeEnrolment } from './enrolment.ts'
import { openRegister, type Register } from './register.ts'
import { makeRenewal, type Renewal } from './renewal.ts'
import { openTickets, type Tickets } from './tickets.ts'

export type Identity = {
  authority: Authority
  register: Register
  enrolment: Enrolment
  renewal: Renewal
  tickets: Tickets
}

/** Opens, or makes at the first start, everything that says who is who. `folder` is the data folder. */
export const openIdentity = async (options: {
  folder: string
  /** Name of the centre, in its certificates. */
  name: string
  /** Names and addresses by which the centre is reached. */
  hosts: readonly string[]
  /** Where boxes go; asked at each enrolment. */
  urls(): { mqttUrl: string; deviceUrl: string }
  store: ControlStore
  clock: Clock
  log: Log
}): Promise<Identity> => {
  const { folder, name, hosts, urls, store, clock, log } = options
  const ca = join(folder, 'ca')
  const authority = await openAuthority(ca, { name, hosts, clock })
  const revokedFile = join(ca, 'revoked')
  const register = await openRegister({ store, issuingPem: authority.issuingPem, revokedFile, clock, log })
  return {
    authority,
    register,
    enrolment: makeEnrolment({ store, authority, register, urls, clock, log }),
    renewal: makeRenewal({ store, authority, register, clock, log }),
    tickets: await openTickets(join(folder, 'tickets.keys'), clock)
  }
}
