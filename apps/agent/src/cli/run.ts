import { makeLog } from '@matthan/base/log'
import { runAgent } from '../agent.ts'
import { readAgentConfig } from '../config.ts'
import { actAsOwner, type Context } from './context.ts'

export const run = async (context: Context): Promise<void> => {
  await actAsOwner(context.dataFolder)
  const config = await readAgentConfig(context.dataFolder)
  const { clock, mainFile, signal } = context
  await runAgent({ config, clock, mainFile, signal, log: makeLog('agent', config.logLevel) })
}
