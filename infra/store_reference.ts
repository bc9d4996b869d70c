import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { storeReference } from '../apps/control/src/store/reference.ts'

/** Writes docs/ref/control-store.md; a test of the store fails while it is not what this writes. */
writeFileSync(join(import.meta.dirname, '../docs/ref/control-store.md'), storeReference())
