import type { Ack, Envelope, Hello } from '@matthan/protocol/envelope'
import type { Lane } from '@matthan/protocol/facts'
import type { DownChannel, UpChannel } from '@matthan/protocol/topics'
import type { OpenWire } from '../link/wire.ts'

type Sent = { channel: UpChannel; message: unknown }

/** The centre as the link sees it, for tests: takes connections when it is told to, keeps what came, acknowledges on demand. */
export const fakeCentre = (options: { nowMs(): number }) => {
  let reachable = true
  let receive: ((channel: DownChannel, bytes: Uint8Array) => void) | undefined
  let cut: (() => void) | undefined
  let centreEpoch = 1
  let opened: () => void = () => {}
  const sent: Sent[] = []

  const openWire: OpenWire = async ({ received }) => {
    if (!reachable) throw new Error('no route')
    receive = received
    const closed = new Promise<undefined>(resolve => {
      cut = () => {
        receive = undefined
        resolve(undefined)
      }
    })
    queueMicrotask(() => opened())
    return {
      closed,
      publish: (channel, message) => {
        sent.push({ channel, message: JSON.parse(message) })
      },
      close: async () => cut?.()
    }
  }

  const envelopes = (): Envelope[] =>
    sent.filter(one => one.channel === 'fact' || one.channel === 'result').map(one => one.message as Envelope)

  return {
    openWire,
    sent,
    envelopes,
    hellos: (): Hello[] => sent.filter(one => one.channel === 'hello').map(one => one.message as Hello),
    connected: (): boolean => receive !== undefined,
    /** Resolves at the next connection. */
    nextConnection: (): Promise<void> =>
      new Promise(resolve => {
        opened = resolve
      }),
    setReachable: (yes: boolean): void => {
      reachable = yes
      if (!yes) cut?.()
    },
    cut: (): void => cut?.(),
    setEpoch: (epoch: number): void => {
      centreEpoch = epoch
    },
    give: (channel: DownChannel, message: unknown): void =>
      receive?.(channel, Buffer.from(typeof message === 'string' ? message : JSON.stringify(message))),
    ack: (lane: Lane, epoch: string, seq: number): void => {
      const ack: Ack = { v: 1, centreEpoch, lane, epoch, seq, centreTimeMs: Math.round(options.nowMs()) }
      receive?.('ack', Buffer.from(JSON.stringify(ack)))
    },
    /** Sequence numbers of a lane as they came. */
    seqs: (lane: Lane): number[] =>
      envelopes()
        .filter(one => one.lane === lane)
        .flatMap(one => one.records.map(record => record.seq))
  }
}
