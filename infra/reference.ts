import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asyncApi } from '@matthan/protocol/reference'

/** `npm run reference`: writes what is generated under docs/ref. The tests are red while it differs from the sources. */
const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs', 'ref')
writeFileSync(join(folder, 'contract.asyncapi.json'), `${JSON.stringify(asyncApi(), null, 2)}\n`)
