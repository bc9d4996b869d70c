import type { Clock } from '@matthan/base/clock'

/**
 * The time rule: which UTC a frame has. Arrival is judged in monotonic time (I8) by the box, because `prft`
 * cannot be: as soon as a camera has sent an RTCP sender report, ffmpeg 5 writes the *camera's* clock there,
 * also with `write_prft=wallclock` (measured: a camera an hour ahead gives a prft an hour ahead).
 *
 * A fragment is written when the key frame after it has arrived whole, which ffmpeg's parser knows when the
 * frame after that begins: so at the write the camera was at the fragment's end plus one frame.
 */

/** UTC of media time m is `m + utcMinusMediaMs` of the last anchor whose `fromMediaMs` ≤ m. */
export type Anchor = { fromMediaMs: number; utcMinusMediaMs: number }

/** The wall clock between two steps: UTC = mono + wallMinusMonoMs from `fromMonoMs` on. */
export type ClockEpoch = { fromMonoMs: number; wallMinusMonoMs: number }

/** Wall times in ms: what the clock says, what it would have said without the step, and the difference. */
export type ClockStep = { atMs: number; beforeMs: number; deltaMs: number }

export type ClockWatch = {
  /** Compares the two clocks; call it at least each second. */
  sample(): void
  /** Oldest first, never empty. */
  epochs(): readonly ClockEpoch[]
  /**
   * When a file with this mtime was last written, in monotonic time: not later than now, and not earlier than
   * `mostAgeMs` ago. Now, when the wall clock was stepped in between and the mtime says nothing.
   */
  monoOfMtime(mtimeMs: number, mostAgeMs: number): number
}

/** Smaller differences are noise of a busy machine; both clocks follow NTP's slewing together. */
export const stepThresholdMs = 200
const mostEpochs = 100

export const makeClockWatch = (clock: Clock, stepped: (step: ClockStep) => void = () => {}): ClockWatch => {
  const read = (): { monoMs: number; wallMinusMonoMs: number } => {
    let best = { spread: Number.POSITIVE_INFINITY, monoMs: 0, wallMinusMonoMs: 0 }
    for (let i = 0; i < 3 && best.spread > 0.2; i++) {
      const before = clock.monoMs()
      const wall = clock.nowMs()
      const after = clock.monoMs()
      const spread = after - before
      if (spread < best.spread) best = { spread, monoMs: after, wallMinusMonoMs: wall - (before + after) / 2 }
    }
    return best
  }
  const first = read()
  const epochs: ClockEpoch[] = [{ fromMonoMs: Number.NEGATIVE_INFINITY, wallMinusMonoMs: first.wallMinusMonoMs }]

  const sample = () => {
    const now = read()
    const current = epochs.at(-1)!
    const deltaMs = now.wallMinusMonoMs - current.wallMinusMonoMs
    if (Math.abs(deltaMs) <= stepThresholdMs) {
      current.wallMinusMonoMs += deltaMs / 8
      return
    }
    epochs.push({ fromMonoMs: now.monoMs, wallMinusMonoMs: now.wallMinusMonoMs })
    if (epochs.length > mostEpochs) epochs.shift()
    const atMs = now.monoMs + now.wallMinusMonoMs
    stepped({ atMs, beforeMs: atMs - deltaMs, deltaMs })
  }

  return {
    sample,
    epochs: () => epochs,
    monoOfMtime: (mtimeMs, mostAgeMs) => {
      const now = read()
      const ageMs = now.monoMs + now.wallMinusMonoMs - mtimeMs
      return ageMs >= 0 && ageMs <= mostAgeMs ? now.monoMs - ageMs : now.monoMs
    }
  }
}

/** At `monoMs` the writer had media time `mediaMs`, or was already further. */
export type Arrival = { mediaMs: number; monoMs: number }

/** Mono = media + monoMinusMediaMs, from `fromMediaMs` on. */
export type MonoAnchor = { fromMediaMs: number; monoMinusMediaMs: number }

export type AnchorKeeper = {
  add(arrival: Arrival): void
  /** Oldest first; more than one when the media time itself jumped (a camera whose clock was set). */
  anchors(): readonly MonoAnchor[]
}

/** Delays only ever add, so the smallest difference of the last fragments is the nearest to the truth. */
export const anchorWindow = 60
/** A run begins with a backlog: ffmpeg reads up to 5 s before it writes. */
const settledAfter = 5
/** No queue makes frames arrive before they are taken: this much too early means that media time jumped. */
const jumpMs = 1000

export const makeAnchorKeeper = (): AnchorKeeper => {
  const pieces: MonoAnchor[] = []
  let window: number[] = []
  return {
    add: ({ mediaMs, monoMs }) => {
      const difference = monoMs - mediaMs
      const current = pieces.at(-1)
      if (!current || (window.length >= settledAfter && difference < current.monoMinusMediaMs - jumpMs)) {
        window = [difference]
        pieces.push({ fromMediaMs: current ? mediaMs : Number.NEGATIVE_INFINITY, monoMinusMediaMs: difference })
        if (pieces.length > mostEpochs) pieces.shift()
        return
      }
      window.push(difference)
      if (window.length > anchorWindow) window.shift()
      current.monoMinusMediaMs = Math.min(...window)
    },
    anchors: () => pieces
  }
}

/**
 * The anchors of the media from `fromMs` to `toMs`: one for each clock epoch and each piece of media time that it
 * touches. The first begins at `fromMs`.
 */
export const utcAnchors = (
  span: { fromMs: number; toMs: number },
  pieces: readonly MonoAnchor[],
  epochs: readonly ClockEpoch[]
): Anchor[] => {
  const found: Anchor[] = []
  for (const [p, piece] of pieces.entries()) {
    const pieceEnds = pieces[p + 1]?.fromMediaMs ?? Number.POSITIVE_INFINITY
    for (const [e, epoch] of epochs.entries()) {
      const epochEnds = (epochs[e + 1]?.fromMonoMs ?? Number.POSITIVE_INFINITY) - piece.monoMinusMediaMs
      const begins = Math.max(span.fromMs, piece.fromMediaMs, epoch.fromMonoMs - piece.monoMinusMediaMs)
      const ends = Math.min(span.toMs, pieceEnds, epochEnds)
      const isWhole = span.fromMs === span.toMs && begins === span.fromMs && ends === span.toMs && found.length === 0
      if (ends <= begins && !isWhole) continue
      found.push({ fromMediaMs: begins, utcMinusMediaMs: piece.monoMinusMediaMs + epoch.wallMinusMonoMs })
    }
  }
  return found
}

/** UTC of a media time: by the last anchor at or before it; before the first, by the first. @returns undefined without an anchor. */
export const utcOfMedia = (mediaMs: number, anchors: readonly Anchor[]): number | undefined => {
  const anchor = anchors.findLast(one => one.fromMediaMs <= mediaMs) ?? anchors[0]
  return anchor && mediaMs + anchor.utcMinusMediaMs
}
