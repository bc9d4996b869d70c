import { enrol } from '../identity/enrol.ts'
import { actAsOwner, answer, type Context, tell } from './context.ts'
import { onlyDash, readSecretInput } from './secret_input.ts'

export const enroll = async (context: Context, options: { server: string; code: string }): Promise<void> => {
  onlyDash('--code', options.code)
  await actAsOwner(context.dataFolder)
  const { dataFolder, clock, signal } = context
  const code = await readSecretInput(context, 'Code')
  const { boxId, name, mqttUrl, deviceUrl } = await enrol({ dataFolder, server: options.server, code, clock, signal })
  answer(context, { boxId, name, mqttUrl, deviceUrl }, tell(context, 'agent.saidEnrolled', { boxId, name }))
}
