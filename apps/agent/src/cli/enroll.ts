import { enrol } from '../identity/enrol.ts'
import { actAsOwner, answer, type Context, tell } from './context.ts'
import { readSecretInput } from './secret_input.ts'

export const enroll = async (context: Context, { server }: { server: string }): Promise<void> => {
  await actAsOwner(context.dataFolder)
  const { dataFolder, clock, signal } = context
  const code = await readSecretInput(context, 'Code')
  const { boxId, name, mqttUrl, deviceUrl } = await enrol({ dataFolder, server, code, clock, signal })
  answer(context, { boxId, name, mqttUrl, deviceUrl }, tell(context, 'agent.saidEnrolled', { boxId, name }))
}
