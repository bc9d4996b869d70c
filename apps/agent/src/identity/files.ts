import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MatthanError } from '@matthan/base/error'
import { readJson, syncFolder, writeDurably } from '@matthan/base/files'
import { boxUri } from '@matthan/protocol/enrolment'
import { readShape } from '@matthan/protocol/read'
import { Id, Name } from '@matthan/protocol/scalars'
import { z } from 'zod'
import type { Identity } from './identity.ts'
import { belongTogether, signingKeyOf } from './keys.ts'

/** identity/ in the data folder, 0700. `enrolment.json` and the keys of others beside our own. */
export const identityFolder = (dataFolder: string): string => join(dataFolder, 'identity')

const Enrolment = z.object({
  v: z.literal(1),
  boxId: Id,
  name: Name,
  mqttUrl: z.url(),
  deviceUrl: z.url(),
  joinUrl: z.url()
})
export type Enrolment = z.infer<typeof Enrolment>
/** keyId → SPKI, base64url DER */
const CommandKeys = z.record(z.string().max(64), z.string().max(500))

export const importCommandKeys = (keys: Record<string, string>): Map<string, KeyObject> =>
  new Map(
    Object.entries(keys).map(([id, spki]) => [
      id,
      createPublicKey({ key: Buffer.from(spki, 'base64url'), format: 'der', type: 'spki' })
    ])
  )

export const isEnrolled = (dataFolder: string): Promise<boolean> =>
  stat(join(identityFolder(dataFolder), 'enrolment.json')).then(
    () => true,
    () => false
  )

/** Whether a tls certificate (PEM, chain) is this box's, by its one name that counts (I7). */
export const isOfBox = (pem: string, boxId: string): boolean =>
  new X509Certificate(pem).subjectAltName?.split(', ').includes(`URI:${boxUri(boxId)}`) ?? false

const text = (folder: string, name: string): Promise<string> => readFile(join(folder, name), 'utf8')
const textIfThere = (folder: string, name: string): Promise<string | undefined> =>
  text(folder, name).catch(error => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })

/**
 * A renewed pair is written beside the old one and takes its place by two renames; `finishRenewal` does what a power
 * cut left of them, so that there is always one key with its own certificate.
 */
export const replaceTls = async (folder: string, pair: { key: string; cert: string }): Promise<void> => {
  await writeDurably(join(folder, 'tls.key.next'), pair.key, 0o600)
  await writeDurably(join(folder, 'tls.pem.next'), pair.cert, 0o644)
  await finishRenewal(folder)
}

const finishRenewal = async (folder: string): Promise<void> => {
  const cert = await textIfThere(folder, 'tls.pem.next')
  if (cert === undefined) return
  const key = await textIfThere(folder, 'tls.key.next')
  if (key !== undefined && belongTogether(cert, key)) {
    await rename(join(folder, 'tls.key.next'), join(folder, 'tls.key'))
    await syncFolder(folder)
  }
  if (belongTogether(cert, await text(folder, 'tls.key'))) {
    await rename(join(folder, 'tls.pem.next'), join(folder, 'tls.pem'))
    await syncFolder(folder)
  }
}

/** An identity whose `tls` pair can be exchanged while others hold it. */
export type OwnIdentity = Identity & { replace(pair: { key: string; cert: string }): Promise<void> }

/** @throws MatthanError notEnrolled, or config when files do not fit together. */
export const readIdentity = async (dataFolder: string): Promise<OwnIdentity> => {
  if (!(await isEnrolled(dataFolder))) throw new MatthanError('notEnrolled', 'identity.boxNotEnrolled')
  const folder = identityFolder(dataFolder)
  try {
    await finishRenewal(folder)
    const enrolment = readShape('enrolment.json', Enrolment, await readJson(join(folder, 'enrolment.json')))
    const commandKeys = readShape('command-keys.json', CommandKeys, await readJson(join(folder, 'command-keys.json')))
    let tls = { key: await text(folder, 'tls.key'), cert: await text(folder, 'tls.pem') }
    if (!belongTogether(tls.cert, tls.key) || !isOfBox(tls.cert, enrolment.boxId)) throw new Error('tls.key, tls.pem')
    const { boxId, name, mqttUrl, deviceUrl, joinUrl } = enrolment
    return {
      boxId,
      name,
      mqttUrl,
      deviceUrl,
      joinUrl,
      get tls() {
        return tls
      },
      ca: await text(folder, 'root.pem'),
      statementKey: await signingKeyOf(await text(folder, 'statement.key')),
      statementCert: new Uint8Array(new X509Certificate(await text(folder, 'statement.pem')).raw),
      issuing: new Uint8Array(new X509Certificate(await text(folder, 'issuing.pem')).raw),
      commandKeys: importCommandKeys(commandKeys),
      replace: async pair => {
        await replaceTls(folder, pair)
        tls = pair
      }
    }
  } catch (error) {
    const reason = (error as Error).message
    throw new MatthanError('config', 'identity.boxDamaged', { folder, reason }, { cause: error })
  }
}
