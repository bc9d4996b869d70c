import { agent } from './agent.ts'
import { base } from './base.ts'
import { camera } from './camera.ts'
import { control } from './control.ts'
import { demo } from './demo.ts'
import { evidence } from './evidence.ts'
import { health } from './health.ts'
import { identity } from './identity.ts'
import { recorder } from './recorder.ts'
import { vault } from './vault.ts'

/** Every sentence of the system, by the room that says it. */
export const en = { agent, base, camera, control, demo, evidence, health, identity, recorder, vault }
