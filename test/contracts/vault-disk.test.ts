import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDiskVault } from '@matthan/control/vault/disk'
import { vaultContract } from './vault.ts'

vaultContract('disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'matthan-vault-'))
  return {
    store: await openDiskVault(folder),
    reopen: () => openDiskVault(folder),
    close: () => rm(folder, { recursive: true })
  }
})
