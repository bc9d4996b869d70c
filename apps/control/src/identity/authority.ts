// Before @peculiar/x509, whose container of classes needs it.
import 'reflect-metadata'
import { createHash, X509Certificate as NodeCertificate } from 'node:crypto'
import { readFile, rename, stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import { dirname, join } from 'node:path'
import type { Clock } from '@matthan/base/clock'
import { makeFolder, syncFolder, writeDurably } from '@matthan/base/files'
import { newId } from '@matthan/base/id'
import { X509Certificate } from '@peculiar/x509'
import {
  type BoxKeyKind,
  type Issued,
  issueCentre,
  issued,
  issueForBox,
  issueServer,
  makeIssuing,
  makeRoot,
  readRequest
} from './certificate.ts'
import {
  type CommandKey,
  importSigningKey,
  type KeyPair,
  keyPem,
  makeKeyPair,
  openCommandKey,
  spkiOf,
  type WebKey
} from './keys.ts'

/** A certificate of the centre itself is made anew when it has less than this left. */
const renewBeforeMs = 30 * 24 * 3600_000

/** What a TLS listener shows: the chain is leaf, issuing, root, so that a box that has only a code can check the root. */
export type ServerTls = { key: string; cert: string }

/** The centre's keys and what is made with them. Files as in 0-decisions, Keys; `root.key` is not needed after the first start. */
export type Authority = {
  readonly rootPem: string
  readonly rootDer: Uint8Array
  readonly issuingPem: string
  readonly issuingDer: Uint8Array
  /** SHA-256 of the root's DER, lower-case hex: what is published on paper. */
  readonly rootSha256: string
  /** The newest; ask again after `renewDue`. */
  readonly serverTls: ServerTls
  readonly sealKey: WebKey
  /** Of the newest seal key, DER. */
  readonly sealCertificate: Uint8Array
  readonly logKey: WebKey
  readonly logCertificate: Uint8Array
  readonly command: CommandKey
  /** @throws MatthanError usage when the request is none of a P-256 key that signed it. */
  issueBox(kind: BoxKeyKind, csrPem: string, boxId: string): Promise<Issued>
  /** Makes the server's and the seal's certificate anew when they end soon. True when the server's is another now. */
  renewDue(): Promise<boolean>
}

type Options = { hosts: readonly string[]; name: string; clock: Clock }
type Own = { certificate: X509Certificate; pem: string }

/** Opens the authority in `folder`, or makes it whole at the first start. */
export const openAuthority = async (folder: string, options: Options): Promise<Authority> => {
  if (!(await exists(folder))) await makeAuthority(folder, options)
  const { clock, hosts, name } = options
  const file = (which: string) => readFile(join(folder, which), 'utf8')
  const certificate = async (which: string): Promise<Own> => {
    const pem = await file(which)
    return { pem, certificate: new X509Certificate(pem) }
  }
  const [root, issuing, log] = await Promise.all([
    certificate('root.pem'),
    certificate('issuing.pem'),
    certificate('log.pem')
  ])
  const issuer = { certificate: issuing.certificate, key: await importSigningKey(await file('issuing.key')) }
  const logKey = await importSigningKey(await file('log.key'))
  const command = openCommandKey(await file('command.key'))
  let server = { ...(await certificate('server.pem')), key: await file('server.key') }
  const sealFile = await file('seal.key')
  let seal = { ...(await certificate('seal.pem')), file: sealFile, key: await importSigningKey(sealFile) }

  const renewServer = async (): Promise<boolean> => {
    if (isGood(server.certificate, server.key, clock) && covers(server.pem, hosts)) return false
    const keys = await makeKeyPair()
    const made = await issueServer(hosts, keys.publicKey, issuer, clock.nowMs())
    const pem = pemOf(made)
    const key = await keyPem(keys.privateKey)
    await writePair(folder, 'server', key, pem)
    server = { certificate: made, pem, key }
    return true
  }
  const renewSeal = async (): Promise<void> => {
    if (isGood(seal.certificate, seal.file, clock)) return
    const keys = await makeKeyPair()
    const made = await issueCentre('seal', name, keys.publicKey, issuer, clock.nowMs())
    const pem = pemOf(made)
    const key = await keyPem(keys.privateKey)
    await writePair(folder, 'seal', key, pem)
    seal = { certificate: made, pem, file: key, key: await importSigningKey(key) }
  }
  const renewDue = async (): Promise<boolean> => {
    await renewSeal()
    return await renewServer()
  }
  await renewDue()

  return {
    rootPem: root.pem,
    rootDer: derOf(root.certificate),
    issuingPem: issuing.pem,
    issuingDer: derOf(issuing.certificate),
    rootSha256: createHash('sha256').update(derOf(root.certificate)).digest('hex'),
    get serverTls() {
      return { key: server.key, cert: `${server.pem}${issuing.pem}${root.pem}` }
    },
    get sealKey() {
      return seal.key
    },
    get sealCertificate() {
      return derOf(seal.certificate)
    },
    logKey,
    logCertificate: derOf(log.certificate),
    command,
    issueBox: async (kind, csrPem, boxId) =>
      issued(await issueForBox(kind, await readRequest(csrPem), boxId, issuer, clock.nowMs())),
    renewDue
  }
}

/** Everything in a folder beside, then one rename: a centre that is stopped half-way has no authority, not half of one. */
const makeAuthority = async (folder: string, { hosts, name, clock }: Options): Promise<void> => {
  const made = join(dirname(folder), `.ca-${newId()}`)
  await makeFolder(made, 0o700)
  const nowMs = clock.nowMs()
  const keys = async (): Promise<KeyPair> => await makeKeyPair()
  const rootKeys = await keys()
  const root = await makeRoot(name, rootKeys, nowMs)
  const issuingKeys = await keys()
  const issuing = await makeIssuing(name, issuingKeys.publicKey, { certificate: root, key: rootKeys.privateKey }, nowMs)
  const issuer = { certificate: issuing, key: issuingKeys.privateKey }
  await writePair(made, 'root', await keyPem(rootKeys.privateKey), pemOf(root))
  await writePair(made, 'issuing', await keyPem(issuingKeys.privateKey), pemOf(issuing))
  for (const kind of ['seal', 'log'] as const) {
    const own = await keys()
    const certificate = await issueCentre(kind, name, own.publicKey, issuer, nowMs)
    await writePair(made, kind, await keyPem(own.privateKey), pemOf(certificate))
  }
  const server = await keys()
  const serverCertificate = await issueServer(hosts, server.publicKey, issuer, nowMs)
  await writePair(made, 'server', await keyPem(server.privateKey), pemOf(serverCertificate))
  await writeDurably(join(made, 'command.key'), await keyPem((await keys()).privateKey), 0o600)
  await rename(made, folder)
  await syncFolder(dirname(folder))
}

/** A crash between the two leaves a key without its certificate; `isGood` finds that at the next start. */
const writePair = async (folder: string, name: string, key: string, pem: string): Promise<void> => {
  await writeDurably(join(folder, `${name}.key`), key, 0o600)
  await writeDurably(join(folder, `${name}.pem`), pem, 0o644)
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false
  )

const pemOf = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`
const derOf = (certificate: X509Certificate): Uint8Array => new Uint8Array(certificate.rawData)

/** Enough life left, and the certificate is of this key. */
const isGood = (certificate: X509Certificate, key: string, clock: Clock): boolean =>
  certificate.notAfter.getTime() - clock.nowMs() > renewBeforeMs &&
  spkiOf(key).equals(new Uint8Array(certificate.publicKey.rawData))

const covers = (pem: string, hosts: readonly string[]): boolean => {
  const certificate = new NodeCertificate(pem)
  return hosts.every(host => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined)
}
