import { sentenceOf } from '@matthan/base/text/say'
import { parseAddress } from '../camera/address.ts'
import { anyCamera, type CameraFacts, type Credential } from '../camera/camera.ts'
import { onvifCamera } from '../camera/onvif.ts'
import { rtspCamera } from '../camera/rtsp.ts'
import { actAsOwner, answer, type Context, factsOf, tableOf } from './context.ts'
import { onlyDash, readSecretInput } from './secret_input.ts'

const deadlineMs = 20_000

export type CredentialOptions = { user?: string; password?: string; passwordFile?: string }

export const readCredential = async (
  context: Context,
  { user, password, passwordFile }: CredentialOptions
): Promise<Credential | undefined> => {
  onlyDash('--password', password)
  if (user === undefined) return undefined
  return { userName: user, password: await readSecretInput(context, 'Password', passwordFile) }
}

export const ask = async (
  context: Context,
  typed: string,
  credential: Credential | undefined
): Promise<CameraFacts & { address: string }> => {
  const address = parseAddress(typed)
  const source = anyCamera({ onvif: onvifCamera({ mainFile: context.mainFile }), rtsp: rtspCamera })
  const facts = await source.probe(address, credential, { deadlineMs, signal: context.signal })
  return { ...facts, address: address.url }
}

export const cameraProbe = async (context: Context, typed: string, options: CredentialOptions): Promise<void> => {
  await actAsOwner(context.dataFolder)
  const facts = await ask(context, typed, await readCredential(context, options))
  const { identity, streams, warnings } = facts
  const lines = [
    ...factsOf(context, [
      ['agent.colMaker', identity?.manufacturer ?? ''],
      ['agent.colModel', identity?.model ?? ''],
      ['agent.colFirmware', identity?.firmware ?? ''],
      ['agent.colSerial', identity?.serial ?? '']
    ]),
    ...tableOf(
      context,
      ['agent.colStream', 'agent.colCodec', 'agent.colSize', 'agent.colSound', 'agent.colAddress'],
      streams.map(one => [one.token, one.codec, `${one.width}×${one.height}`, one.audioCodec ?? '', one.rtspUrl])
    ),
    ...warnings.map(one => `! ${sentenceOf(context.language, one.key, one.params)}`)
  ]
  answer(context, facts, lines)
}
