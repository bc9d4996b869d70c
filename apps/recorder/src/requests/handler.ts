import type { RecorderRequest } from '@matthan/protocol/recording'
import type { Layout } from '../layout.ts'

export type Failed = { path: string; reason: string }

/** What the requests may touch. */
export type Desk = {
  layout: Layout
  /** The file is being written. */
  isOpen(path: string): boolean
  /** @returns false when there is no such channel. */
  restart(channelId: string): boolean
}

export type RequestKind = RecorderRequest['request']
export type RequestOf<Kind extends RequestKind> = Extract<RecorderRequest, { request: Kind }>
/** Does what is asked. @returns what could not be done; an error means that nothing was. */
export type Handler<Kind extends RequestKind> = (desk: Desk, request: RequestOf<Kind>) => Promise<Failed[]>
