import { connect, createServer, type Socket } from 'node:net'
import { systemClock } from '@matthan/base/clock'

/**
 * Stands between a player and a simulated camera and adds RTCP sender reports (RFC 3550 §6.4.1) to the interleaved
 * stream (RFC 2326 §10.12), as real cameras send them, with a camera clock that is wrong by `offsetMs`.
 * Understands one video track on channels 0 and 1.
 */
export const startRtcpProxy = async (target: { host: string; port: number }, offsetMs: () => number) => {
  const sockets = new Set<Socket>()
  let reports = 0
  const server = createServer(client => {
    const camera = connect(target.port, target.host)
    for (const socket of [client, camera]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        camera.destroy()
      })
    }
    client.pipe(camera)
    let rest = Buffer.alloc(0)
    let sinceReport = 0
    camera.on('data', chunk => {
      rest = Buffer.concat([rest, chunk])
      for (;;) {
        const bytes = wholeMessage(rest)
        if (bytes === 0) return
        const message = rest.subarray(0, bytes)
        rest = rest.subarray(bytes)
        client.write(message)
        const isVideo = message[0] === dollar && message[1] === 0 && bytes >= 16
        if (isVideo && sinceReport++ % 20 === 0) {
          client.write(senderReport(message, systemClock.nowMs() + offsetMs()))
          reports++
        }
      }
    })
  })
  await new Promise<void>(resolve => server.listen(0, target.host, resolve))
  return {
    port: (server.address() as { port: number }).port,
    reports: () => reports,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

const dollar = 0x24

/** Bytes of the first message when it is whole: an interleaved packet, or an RTSP answer with its body. */
const wholeMessage = (buffer: Buffer): number => {
  if (buffer.length < 4) return 0
  if (buffer[0] === dollar) {
    const bytes = 4 + buffer.readUInt16BE(2)
    return bytes <= buffer.length ? bytes : 0
  }
  const head = buffer.indexOf('\r\n\r\n')
  if (head < 0) return 0
  const length = /content-length: *(\d+)/i.exec(buffer.toString('latin1', 0, head))?.[1] ?? '0'
  const bytes = head + 4 + Number(length)
  return bytes <= buffer.length ? bytes : 0
}

const senderReport = (rtp: Buffer, utcMs: number): Buffer => {
  const report = Buffer.alloc(4 + 28)
  report.writeUInt8(dollar, 0)
  report.writeUInt8(1, 1)
  report.writeUInt16BE(28, 2)
  report.writeUInt8(0x80, 4)
  report.writeUInt8(200, 5)
  report.writeUInt16BE(6, 6)
  rtp.copy(report, 8, 12, 16)
  report.writeUInt32BE(Math.floor(utcMs / 1000) + 2_208_988_800, 12)
  report.writeUInt32BE(Math.floor(((utcMs % 1000) / 1000) * 2 ** 32), 16)
  rtp.copy(report, 20, 8, 12)
  return report
}
