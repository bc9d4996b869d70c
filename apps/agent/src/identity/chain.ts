import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { MatthanError } from '@matthan/base/error'
import type { EnrolCode } from '@matthan/protocol/enrolment'
import { isPinnedBy } from '@matthan/protocol/pin'

/** What a box holds of its centre: the code that a person typed, or the root certificate itself (PEM). */
export type Pin = { code: EnrolCode } | { root: string }

const serverAuth = '1.3.6.1.5.5.7.3.1'
const mostCertificates = 5

/** The certificates as shown, leaf first. */
const shownBy = (socket: TLSSocket): X509Certificate[] => {
  const chain: X509Certificate[] = []
  let next: ReturnType<TLSSocket['getPeerCertificate']> | undefined = socket.getPeerCertificate(true)
  while (next?.raw && chain.length < mostCertificates) {
    const certificate = new X509Certificate(next.raw)
    if (chain.at(-1)?.fingerprint256 === certificate.fingerprint256) break
    chain.push(certificate)
    const { issuerCertificate } = next as { issuerCertificate?: typeof next }
    next = issuerCertificate
  }
  return chain
}

const isPinned = (root: X509Certificate, pin: Pin): boolean =>
  'root' in pin ? root.raw.equals(new X509Certificate(pin.root).raw) : isPinnedBy(pin.code, root.raw)

const isIssuedBy = (child: X509Certificate, parent: X509Certificate): boolean =>
  parent.ca && child.checkIssued(parent) && child.verify(parent.publicKey)

/**
 * Checks the other side of a connection that was made without a known authority, before anything is said over it:
 * a chain up to the pinned root, for this host, for a server, valid at `atMs`.
 * @param options.atMs undefined = dates are not looked at: for the question of the time only.
 * @returns the root, PEM
 * @throws MatthanError verification
 */
export const checkShown = (
  socket: TLSSocket,
  options: { pin: Pin; host: string; atMs: number | undefined }
): string => {
  const { pin, host, atMs } = options
  const chain = shownBy(socket)
  const [leaf] = chain
  const root = chain.at(-1)
  if (!leaf || !root || !isPinned(root, pin))
    throw new MatthanError('verification', 'identity.boxWrongCentre', { host })
  const bad = (reason: string) => new MatthanError('verification', 'identity.boxBadChain', { host, reason })
  const parents = [...chain.slice(1), root]
  if (!chain.every((one, i) => isIssuedBy(one, parents[i]!))) throw bad('signature')
  if (!(isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host))) throw bad('host')
  if (!leaf.keyUsage?.includes(serverAuth)) throw bad('purpose')
  const valid = (one: X509Certificate) =>
    atMs === undefined || (one.validFromDate.getTime() <= atMs && atMs <= one.validToDate.getTime())
  if (!chain.every(valid)) throw bad('dates')
  return root.toString()
}
