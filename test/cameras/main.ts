import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCameras } from './cameras.ts'

/** Simulated cameras by hand: `node test/cameras/main.ts [how many] [first port]`; Ctrl-C ends them. Each line of input is a command: {"camera": 0, "do": "stall"}. */
const [count = '4', port = '0'] = process.argv.slice(2)
const folder = await mkdtemp(join(tmpdir(), 'cameras-'))
const cameras = await startCameras({ cameras: Number(count), port: Number(port), folder })
for (const camera of cameras.cameras) process.stdout.write(`${camera.variant}\t${camera.urlWithPassword}\n`)
process.stdin.on('data', async line => {
  const { camera, ...command } = JSON.parse(String(line))
  await cameras.command(camera, command)
  process.stdout.write('done\n')
})
