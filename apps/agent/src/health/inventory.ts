import { hostname, totalmem } from 'node:os'
import { bootId } from '@matthan/base/clock'
import type { Inventory } from '@matthan/protocol/facts'
import { type Disk, diskOf } from './disk.ts'
import { coreCount } from './proc.ts'

/** What this box is set up to record; from the store. */
export type SetUp = Pick<Inventory, 'recorders' | 'channels' | 'viewpoints' | 'assignments'>
type Machine = Omit<Inventory, keyof SetUp>

/** A probe that fails leaves its fields empty: a box in a closet has no DMI table, a container no disks. */
const orElse = async <T>(probe: Promise<T>, fallback: T): Promise<T> => probe.catch(() => fallback)

/** Serial numbers that mainboards ship with when nobody filled them in. */
const filler =
  /^(|-|0+|none|default string|to be filled by o\.?e\.?m\.?|system (product name|manufacturer|serial number))$/i
const named = (text: string | undefined): string => (filler.test((text ?? '').trim()) ? '' : (text ?? '').slice(0, 100))

/** Asks systeminformation, which forks shells: at start and at a change of hardware only, never on the hot path. */
const probeMachine = async (agentVersion: string, footageFolder: string): Promise<Machine> => {
  const { default: si } = await import('systeminformation')
  const [system, cpu, os, layout, disk] = await Promise.all([
    orElse(si.system(), undefined),
    orElse(si.cpu(), undefined),
    orElse(si.osInfo(), undefined),
    orElse(si.diskLayout(), []),
    diskOf(footageFolder)
  ])
  const hardware = layout.find(one => one.device && disk.device.startsWith(one.device))
  return {
    agentVersion,
    bootId: bootId(),
    hostName: hostname().slice(0, 100),
    maker: named(system?.manufacturer),
    model: named(system?.model),
    serial: named(system?.serial),
    cpu: named(cpu ? `${cpu.manufacturer} ${cpu.brand}`.trim() : ''),
    cores: coreCount(),
    memoryBytes: totalmem(),
    os: os ? `${os.distro} ${os.release}`.trim().slice(0, 100) : '',
    disks: [await describe(footageFolder, disk, named(hardware?.name), named(hardware?.serialNum))]
  }
}

const describe = async (
  folder: string,
  disk: Disk,
  model: string,
  serial: string
): Promise<Machine['disks'][number]> => {
  const { statfs } = await import('node:fs/promises')
  const { bsize, blocks } = await statfs(folder)
  const { diskId, mount, device, fileSystem } = disk
  return { diskId, mount, device: device.slice(0, 100), fileSystem, sizeBytes: bsize * blocks, model, serial }
}

/**
 * The inventory fact: what the box is made of and set up to record. The hardware is asked once a start.
 * @param told is given each inventory that differs from the one before.
 */
export const makeInventory = (deps: {
  agentVersion: string
  footageFolder: string
  setUp(): SetUp
  told(inventory: Inventory): void
}) => {
  const { agentVersion, footageFolder, setUp, told } = deps
  let machine: Promise<Machine> | undefined
  let last = ''
  return {
    /** At start and whenever something may have changed. True when it had. */
    refresh: async (): Promise<boolean> => {
      machine ??= probeMachine(agentVersion, footageFolder)
      const known = await machine.catch(error => {
        machine = undefined
        throw error
      })
      const inventory = { ...known, ...setUp() }
      const text = JSON.stringify(inventory)
      if (text === last) return false
      last = text
      told(inventory)
      return true
    }
  }
}
