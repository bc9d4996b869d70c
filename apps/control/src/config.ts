import { join } from 'node:path'
import { MatthanError } from '@matthan/base/error'
import { makeFolder, readJson, writeDurably } from '@matthan/base/files'
import { readShape } from '@matthan/protocol/read'
import { Name } from '@matthan/protocol/scalars'
import { z } from 'zod'

const Port = z.int().min(0).max(65_535)

/** control.json. A port of 0 takes a free one. */
export const ControlConfig = z.object({
  v: z.literal(1),
  name: Name,
  /** Names and addresses by which boxes and people reach the centre; the first is what boxes are told. */
  hosts: z
    .array(z.string().regex(/^[0-9A-Za-z.:-]{1,253}$/))
    .min(1)
    .max(20),
  bind: z.string().max(100),
  ports: z.object({ web: Port, device: Port, mqtt: Port, join: Port })
})
export type ControlConfig = z.infer<typeof ControlConfig>
export type Ports = ControlConfig['ports']

export const defaultFolder = '/var/lib/matthan-control'

/** What lies where in the data folder. */
export const placesIn = (folder: string) => ({
  config: join(folder, 'control.json'),
  store: join(folder, 'control.db'),
  lock: join(folder, 'control.lock'),
  socket: join(folder, 'control.sock'),
  ca: join(folder, 'ca'),
  vault: join(folder, 'vault')
})

export const readConfig = async (folder: string): Promise<ControlConfig> => {
  const path = placesIn(folder).config
  const json = await readJson(path).catch(error => {
    if (error.code === 'ENOENT') throw new MatthanError('config', 'control.notInitialised', { folder })
    throw error
  })
  try {
    return readShape(path, ControlConfig, json)
  } catch (error) {
    throw error instanceof MatthanError ? new MatthanError('config', error.key, error.params, { cause: error }) : error
  }
}

/** @throws MatthanError refused when there is a centre already. */
export const writeConfig = async (folder: string, config: ControlConfig): Promise<void> => {
  const found = await readConfig(folder).then(
    () => true,
    error => (error as MatthanError).key !== 'control.notInitialised'
  )
  if (found) throw new MatthanError('refused', 'control.alreadyInitialised', { folder })
  await makeFolder(folder)
  const path = placesIn(folder).config
  await writeDurably(path, `${JSON.stringify(readShape(path, ControlConfig, config), null, 2)}\n`)
}

export const logLevel = (): string => process.env.MATTHAN_LOG_LEVEL ?? 'info'
