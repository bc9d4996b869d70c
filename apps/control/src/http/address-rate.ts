import { isIPv6 } from 'node:net'
import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'

/** Addresses remembered; a table that is full forgets the oldest. */
const mostAddresses = 10_000

export type AddressRate = {
  /** Counts one. @throws MatthanError busy, with the seconds to wait. */
  take(address: string): void
}

/** `burst` at once, then `perMinute`, for each address. Whoever holds an IPv6 network holds all of its /64. */
export const makeAddressRate = (options: { perMinute: number; burst: number; clock: Clock }): AddressRate => {
  const { perMinute, burst, clock } = options
  const perMs = perMinute / 60_000
  const addresses = new Map<string, { tokens: number; atMs: number }>()
  return {
    take: address => {
      const party = partyOf(address)
      const nowMs = clock.monoMs()
      const before = addresses.get(party) ?? { tokens: burst, atMs: nowMs }
      const tokens = Math.min(burst, before.tokens + (nowMs - before.atMs) * perMs)
      addresses.delete(party)
      if (addresses.size >= mostAddresses) for (const oldest of addresses.keys().take(1)) addresses.delete(oldest)
      addresses.set(party, { tokens: tokens < 1 ? tokens : tokens - 1, atMs: nowMs })
      if (tokens >= 1) return
      const seconds = Math.ceil((1 - tokens) / perMs / 1000)
      throw new MatthanError('busy', 'identity.tooManyTries', { seconds })
    }
  }
}

const partyOf = (address: string): string => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  return isIPv6(plain) ? plain.split(':').slice(0, 4).join(':') : plain
}
