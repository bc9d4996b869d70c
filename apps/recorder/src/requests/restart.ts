import type { Handler } from './handler.ts'

/** Ends the channel's ffmpeg; another begins at once. */
export const restart: Handler<'restart'> = async (desk, { channelId }) =>
  desk.restart(channelId) ? [] : [{ path: channelId, reason: 'no such channel' }]
