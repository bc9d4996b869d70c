import type { Clock } from '@matthan/base/clock'
import type { Log } from '@matthan/base/log'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Authority } from './identity/authority.ts'
import type { ControlStore } from './store/open.ts'
import { packageRows } from './store/packages.ts'
import { uploadRows } from './store/uploads.ts'
import { defaultQuotas, makeAdmission } from './vault/admission.ts'
import { openDiskVault } from './vault/disk.ts'
import { makeIntake } from './vault/intake.ts'
import { makePackage } from './vault/package.ts'
import { makePackager } from './vault/packager.ts'
import { sweepUploads } from './vault/sweep.ts'
import { mountUploads } from './vault/uploads.ts'
import { version } from './version.ts'

export type VaultParts = {
  mountUploads(app: FastifyInstance, boxOf: (request: FastifyRequest) => string): Promise<void>
  close(): Promise<void>
}

const sweepEveryMs = 3600_000

/** Composes the room `vault`. */
export const openVault = async (deps: {
  folder: string
  /** Name of the centre, as it stands in packages. */
  organisation: string
  /** Whether the clock of this machine is synchronised (I8). */
  synchronised(): boolean
  store: ControlStore
  authority: Authority
  clock: Clock
  log: Log
  signal: AbortSignal
}): Promise<VaultParts> => {
  const { folder, store, authority, clock, log, signal } = deps
  const rows = uploadRows(store)
  const vault = await openDiskVault(folder)
  const intake = makeIntake({
    vault,
    rows,
    roots: [authority.rootDer],
    receiptKey: authority.command,
    clock,
    log,
    onReceived: () => packager.wake()
  })
  const packages = packageRows(store)
  const packager = makePackager({
    rows: packages,
    make: clip =>
      makePackage(clip, {
        vault,
        rows: packages,
        folder,
        sealKey: { key: authority.sealKey, certificate: authority.sealCertificate, issuing: authority.issuingDer },
        roots: [authority.rootDer],
        clock,
        synchronised: deps.synchronised,
        organisation: deps.organisation,
        software: `matthan-control ${version}`,
        compareFrames: true
      }),
    clock,
    log
  })
  const admission = makeAdmission({ vault, rows, intake, clock, quotas: defaultQuotas })
  const sweep = async (): Promise<void> => {
    await sweepUploads({ vault, rows })
  }
  await sweep()
  clock.every(sweepEveryMs, () => sweep().catch(error => log.error({ err: error }, 'uploadSweep')), signal)
  const packing = packager.run(signal).catch(error => log.error({ err: error }, 'packager'))
  return {
    mountUploads: (app, boxOf) => mountUploads(app, { vault, rows, admission, intake, boxOf, log }),
    close: () => packing
  }
}
