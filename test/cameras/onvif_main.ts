import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startOnvifDevice } from './onvif_device.ts'

/**
 * The simulated ONVIF device by hand: `node test/cameras/onvif_main.ts [command …]`. User admin, password s3cret,
 * port 8080, found by WS-Discovery. With a command it lives as long as that runs, and ends with its exit code.
 */
await using device = await startOnvifDevice({
  streams: [
    { token: 'main', url: 'rtsp://127.0.0.1:8554/cam1' },
    { token: 'sub', url: 'rtsp://127.0.0.1:8554/cam2?channel=1&subtype=1', width: 352, height: 288 }
  ],
  userName: 'admin',
  password: 's3cret',
  port: 8080,
  discovery: true
})
const [command, ...args] = process.argv.slice(2)
if (command) {
  const child = spawn(command, args, { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  process.exitCode = code ?? 1
} else {
  process.stdout.write(`${device.url}\n`)
  await once(process, 'SIGINT')
}
