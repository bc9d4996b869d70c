import type { DownChannel, UpChannel } from '@matthan/protocol/topics'

/**
 * The doorbell between the centre and its boxes. It may lose whatever it holds: orders and facts are rows before they
 * are messages. Every implementation runs the contract suite in test/contracts.
 */
export type Broker = {
  /** @returns whether the box was connected and listens to this channel; not that it has read the message. */
  publish(boxId: string, channel: DownChannel, bytes: Uint8Array): Promise<boolean>
  /** Boxes that are connected now. */
  online(): string[]
  /** Ends every connection of the box at once. It may come back when `checkPeer` lets it. */
  cut(boxId: string, reason: string): void
  close(): Promise<void>
}

export type BrokerEvents = {
  /** A message of a box on its own topic; the next of the same box waits for the promise. @param bytes unread and untrusted. */
  onMessage(boxId: string, channel: UpChannel, bytes: Uint8Array): void | Promise<void>
  /** The box has signed in; it may not have subscribed yet, so wait for its hello before you send. */
  onOnline(boxId: string): void
  /** Its last connection is gone. */
  onOffline(boxId: string): void
}
