import { join, resolve } from 'node:path'
import { MatthanError } from '@matthan/base/error'
import { readJson } from '@matthan/base/files'
import { z } from 'zod'

/** agent.json in the data folder. A box works without it; what stands in it is meant. */
const AgentFile = z.strictObject({
  v: z.literal(1),
  /** The mount that holds recordings/, holds/, journal/ (protocol/recording). */
  footageFolder: z.string().startsWith('/').default('/var/lib/matthan/footage'),
  /** Seconds a segment of our recorder aims at. */
  segmentSeconds: z.number().min(2).max(900).default(60),
  /** Share of the disk that holds may keep. */
  holdShare: z.number().gt(0).lt(1).default(0.5),
  /** Free bytes below which the oldest footage goes; left out = 2 % of the disk. */
  floorBytes: z.int().min(0).optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info')
})

export type AgentConfig = z.infer<typeof AgentFile> & { dataFolder: string }

export const defaultDataFolder = '/var/lib/matthan-agent'

/** @throws MatthanError config with the field that is wrong. */
export const readAgentConfig = async (dataFolder: string): Promise<AgentConfig> => {
  const path = join(dataFolder, 'agent.json')
  const raw = await readJson(path).catch(error => {
    if (error.code === 'ENOENT') return { v: 1 }
    throw error
  })
  const parsed = AgentFile.safeParse(raw)
  if (parsed.success) return { ...parsed.data, dataFolder: resolve(dataFolder) }
  const [issue] = parsed.error.issues
  throw new MatthanError('config', 'agent.badConfig', { path, reason: `${issue?.path.join('.')}: ${issue?.message}` })
}
