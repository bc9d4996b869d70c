import type { Coverage } from '@matthan/protocol/facts'
import { coverageNear, type Interval, swapCoverage } from '../store/footage.ts'
import type { Ingester } from './ingester.ts'

export const ingestCoverage: Ingester<'coverage'> = async (taking, body) => {
  const { trx, note, boxId, late } = taking
  const track = { boxId, viewpointId: body.viewpointId, channelId: body.channelId }
  const before = await coverageNear(trx, track, body.fromMs, body.toMs)
  await swapCoverage(trx, note, track, before, late ? fillCoverage(before, body) : replaceCoverage(before, body))
  return undefined
}

type Stated = Pick<Coverage, 'fromMs' | 'toMs' | 'recorded' | 'gaps'>

/** `before` with everything within [fromMs, toMs) replaced by what is stated; oldest first, merged. */
export const replaceCoverage = (before: readonly Interval[], stated: Stated): Interval[] => {
  const { fromMs, toMs } = stated
  const outside = [
    ...before.map(one => ({ ...one, toMs: Math.min(one.toMs, fromMs) })),
    ...before.map(one => ({ ...one, fromMs: Math.max(one.fromMs, toMs) }))
  ]
  return merge([...outside.filter(isReal), ...intervalsOf(stated)])
}

/** `before` stays; what is stated fills only the time of which nothing is known. */
export const fillCoverage = (before: readonly Interval[], stated: Stated): Interval[] => {
  let free = intervalsOf(stated)
  for (const known of before)
    free = free.flatMap(one => [
      ...[{ ...one, toMs: Math.min(one.toMs, known.fromMs) }].filter(isReal),
      ...[{ ...one, fromMs: Math.max(one.fromMs, known.toMs) }].filter(isReal)
    ])
  return merge([...before, ...free])
}

const isReal = (one: Interval): boolean => one.toMs > one.fromMs

/** Within the range, oldest first, each beginning where the one before ended or later. */
const intervalsOf = ({ fromMs, toMs, recorded, gaps }: Stated): Interval[] => {
  const all = [...recorded.map(one => ({ ...one, cause: null })), ...gaps]
    .map(one => ({ fromMs: Math.max(one.fromMs, fromMs), toMs: Math.min(one.toMs, toMs), cause: one.cause }))
    .sort((a, b) => a.fromMs - b.fromMs)
  let reached = fromMs
  const apart = all.map(one => {
    const begins = Math.max(one.fromMs, reached)
    reached = Math.max(reached, one.toMs)
    return { ...one, fromMs: begins }
  })
  return apart.filter(isReal)
}

const merge = (intervals: readonly Interval[]): Interval[] => {
  const merged: Interval[] = []
  for (const one of [...intervals].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1)
    if (last && last.toMs === one.fromMs && last.cause === one.cause) last.toMs = one.toMs
    else merged.push({ ...one })
  }
  return merged
}
