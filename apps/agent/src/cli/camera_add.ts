import { MatthanError } from '@matthan/base/error'
import { openSecret, type Sealed, sealSecret } from '@matthan/base/secret'
import { readShape } from '@matthan/protocol/read'
import { Name, text } from '@matthan/protocol/scalars'
import { channelFactsOf, chooseStreams } from '../camera/learn.ts'
import { ensureSecretKey, writeRecorderConfig } from '../camera/recorder_config.ts'
import type { CameraRow } from '../store/cameras.ts'
import { ask, type CredentialOptions, readCredential } from './camera_probe.ts'
import { answer, type Context, tell, withBox } from './context.ts'

export type AddOptions = CredentialOptions & { name: string; requiredDays: string; place: string; stream: string }

const readDays = (typed: string): number => {
  const days = Number(typed)
  if (!/^\d{1,4}$/.test(typed) || days > 3650) throw new MatthanError('usage', 'agent.badDays', { text: typed })
  return days
}

/** The password sealed as it is already where it is the same one: a new seal would make the recorder start anew. */
const sealedAgain = (key: Buffer, password: string, known: readonly CameraRow[]): Sealed => {
  const opens = ({ sealedPassword }: CameraRow): boolean => {
    try {
      return sealedPassword !== '' && openSecret(key, sealedPassword) === password
    } catch {
      return false
    }
  }
  return known.find(opens)?.sealedPassword ?? sealSecret(key, password)
}

/** Asks the camera first, so that what is stored is what it streams. The same address again brings it up to date. */
export const cameraAdd = async (context: Context, typed: string, options: AddOptions): Promise<void> => {
  const requiredDays = readDays(options.requiredDays)
  const name = readShape('name', Name, options.name)
  const place = readShape('place', text(300), options.place)
  await withBox(context, async box => {
    const credential = await readCredential(context, options)
    const facts = await ask(context, typed, credential)
    const streams = chooseStreams(facts, options.stream)
    if (streams.length === 0) throw new MatthanError('notFound', 'agent.noSuchStream', { stream: options.stream })
    const key = await ensureSecretKey(box.config.dataFolder)
    const known = box.cameras.all().filter(camera => camera.address === facts.address)
    const put = streams.map((stream, i) =>
      box.cameras.put.immediate(
        {
          name: streams.length === 1 ? name : `${name} ${i + 1}`,
          place,
          requiredDays,
          kind: facts.kind,
          address: facts.address,
          streamToken: stream.token,
          streamUrl: stream.rtspUrl,
          userName: credential?.userName ?? '',
          sealedPassword: credential ? sealedAgain(key, credential.password, known) : '',
          facts: channelFactsOf(facts, stream)
        },
        context.clock.nowMs()
      )
    )
    await writeRecorderConfig(box.config.dataFolder, box.cameras.all(), box.config.segmentSeconds)
    answer(
      context,
      {
        cameras: put.map(({ camera, added }) => ({
          added,
          channelId: camera.channelId,
          viewpointId: camera.viewpoint?.viewpointId,
          name: camera.name,
          stream: camera.streamToken
        }))
      },
      put.map(({ camera, added }) =>
        tell(context, added ? 'agent.saidCameraAdded' : 'agent.saidCameraUpdated', {
          name: camera.name,
          channelId: camera.channelId
        })
      )
    )
  })
}
