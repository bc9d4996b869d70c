import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile, rename } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@matthan/base/clock'
import { MatthanError } from '@matthan/base/error'
import { makeFolder, syncFolder, writeDurably } from '@matthan/base/files'
import { EnrolAnswer, enrolPath, readCode, TimeAnswer, timePath, writeCode } from '@matthan/protocol/enrolment'
import { agentVersion, earliestMs } from '../version.ts'
import { checkShown, type Pin } from './chain.ts'
import { makeCsr } from './csr.ts'
import { type Enrolment, identityFolder, importCommandKeys, isEnrolled, isOfBox } from './files.ts'
import { type KeyKind, keyKinds, pendingKeys } from './keys.ts'
import { ask, hostOf } from './request.ts'

/** What the hardware is: of the machine id, so that it names the box without giving the id away. */
const fingerprint = async (): Promise<string> => {
  const machine = await readFile('/etc/machine-id', 'utf8').catch(() => hostname())
  return createHash('sha256').update(`matthan ${machine.trim()}`).digest('hex')
}

/**
 * The centre's time over its pinned chain; dates are not looked at, because it is asked by a box whose clock cannot be
 * right.
 * @returns milliseconds UTC
 */
export const askTime = async (joinUrl: string, pin: Pin, signal?: AbortSignal): Promise<number> => {
  const { centreTimeMs } = await ask({
    url: joinUrl,
    path: timePath,
    answer: TimeAnswer,
    tls: { rejectUnauthorized: false },
    check: socket => {
      checkShown(socket, { pin, host: hostOf(joinUrl).host, atMs: undefined })
    },
    ...(signal ? { signal } : {})
  })
  return centreTimeMs
}

const sameKey = (pem: string, key: KeyObject): boolean =>
  new X509Certificate(pem).publicKey.equals(createPublicKey(key))

/** The answer must be about our keys, from the authority that was pinned. */
const checkAnswer = (answer: EnrolAnswer, root: string, keys: Record<KeyKind, KeyObject>): void => {
  const bad = (reason: string) => new MatthanError('verification', 'identity.boxAnswerWrong', { reason })
  const [rootShown, rootAnswered] = [new X509Certificate(root), new X509Certificate(answer.root)]
  const issuing = new X509Certificate(answer.issuing)
  if (!rootShown.raw.equals(rootAnswered.raw)) throw bad('root')
  if (!issuing.ca || !issuing.checkIssued(rootShown) || !issuing.verify(rootShown.publicKey)) throw bad('issuing')
  for (const kind of keyKinds) {
    const certificate = new X509Certificate(answer.certificates[kind])
    if (!certificate.checkIssued(issuing) || !certificate.verify(issuing.publicKey)) throw bad(kind)
    if (!sameKey(answer.certificates[kind], keys[kind])) throw bad(`${kind}: key`)
  }
  if (!isOfBox(answer.certificates.tls, answer.boxId)) throw bad('tls: name')
  importCommandKeys(answer.commandKeys)
}

/**
 * Enrols this box at the join listener `server` (host:port). The half of the code that pins the authority is
 * compared with the chain shown on the same connection *before* the secret half is sent over it; then certificates
 * for keys made here come back. Asking again after a lost answer gets the same ones.
 * @throws MatthanError usage, refused (already enrolled; code), verification (another centre), unreachable
 */
export const enrol = async (options: {
  dataFolder: string
  server: string
  code: string
  clock: Clock
  signal?: AbortSignal
}): Promise<Enrolment> => {
  const { dataFolder, server, clock, signal } = options
  const code = readCode(options.code)
  if (!code) throw new MatthanError('usage', 'identity.boxCodeShape')
  if (!URL.canParse(`https://${server}`) || !/:\d+$/.test(server))
    throw new MatthanError('usage', 'identity.boxServerShape', { server })
  if (await isEnrolled(dataFolder)) throw new MatthanError('refused', 'identity.boxAlreadyEnrolled')
  const joinUrl = `https://${server}`
  const { host } = hostOf(joinUrl)
  const boxMs = clock.nowMs()
  const atMs = boxMs < earliestMs ? await askTime(joinUrl, { code }, signal) : boxMs

  await makeFolder(dataFolder)
  const pending = join(dataFolder, 'identity.pending')
  const keys = await pendingKeys(pending)
  let root = ''
  const answer = await ask({
    url: joinUrl,
    path: enrolPath,
    body: {
      code: writeCode(code),
      csrs: Object.fromEntries(keyKinds.map(kind => [kind, makeCsr(keys[kind], `matthan ${kind}`)])),
      hostName: hostname(),
      agentVersion,
      fingerprint: await fingerprint()
    },
    answer: EnrolAnswer,
    tls: { rejectUnauthorized: false },
    check: socket => {
      root = checkShown(socket, { pin: { code }, host, atMs })
    },
    ...(signal ? { signal } : {})
  })
  checkAnswer(answer, root, keys)

  const { boxId, name, mqttUrl, deviceUrl } = answer
  const enrolment: Enrolment = { v: 1, boxId, name, mqttUrl, deviceUrl, joinUrl }
  const files: Record<string, string> = {
    'tls.pem': `${answer.certificates.tls.trim()}\n${answer.issuing.trim()}\n`,
    'statement.pem': answer.certificates.statement,
    'log.pem': answer.certificates.log,
    'issuing.pem': answer.issuing,
    'root.pem': answer.root,
    'command-keys.json': JSON.stringify(answer.commandKeys, undefined, 2),
    'enrolment.json': JSON.stringify(enrolment, undefined, 2)
  }
  for (const [file, content] of Object.entries(files)) await writeDurably(join(pending, file), content, 0o644)
  // One rename: a box is enrolled wholly or not at all.
  await rename(pending, identityFolder(dataFolder))
  await syncFolder(dataFolder)
  return enrolment
}
