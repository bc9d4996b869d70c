import type { Clock } from '@matthan/base/clock'
import { type ConditionChange, type ConditionCode, type ConditionSpec, conditions } from '@matthan/protocol/health'
import type { Store } from '@matthan/sqlite/open'
import type { Spool } from '../spool/spool.ts'
import type { ConditionTable, OpenCondition } from '../store/conditions.ts'

/** One look at one condition: is its cause there now? */
export type Observation = {
  code: ConditionCode
  subjectId: string
  present: boolean
  /** For the sentence; told when it is raised. */
  details?: ConditionChange['details']
}

export type Conditions = ReturnType<typeof makeConditions>

type Watch = { changedMonoMs: number; changedMs: number; present: boolean; details: ConditionChange['details'] }

/**
 * Health conditions as intervals: raised when their cause has lasted `timeToVisibleMs`, cleared when it has been gone
 * `timeToClearMs`, and told on change only. One whose explanation (`dependsOn`) is there for the box or the same
 * subject is not raised beside it; it comes when it outlives its explanation.
 */
export const makeConditions = (deps: {
  store: Store
  table: ConditionTable
  spool: Spool
  clock: Clock
  boxId: string
}) => {
  const { store, table, spool, clock, boxId } = deps
  const watches = new Map<string, Watch>()
  const keyOf = (code: string, subjectId: string): string => `${code} ${subjectId}`
  // The agent alone raises conditions, so what is raised is read once.
  const open = new Map(table.all().map(row => [keyOf(row.code, row.subjectId), row]))

  const explained = (spec: ConditionSpec, subjectId: string): boolean =>
    spec.dependsOn.some(cause => {
      // A cause about a disk explains whatever is on it: this box has one disk of footage.
      const subjects = conditions[cause as ConditionCode]?.subject === 'disk' ? undefined : [boxId, subjectId]
      return [...open.values()].some(row => row.code === cause && (!subjects || subjects.includes(row.subjectId)))
    })

  const write = store.transaction((body: ConditionChange): void => {
    const { raised, ...row } = body
    if (raised) table.raise(row)
    else table.clear(body.code, body.subjectId)
    spool.append('condition', body)
  })
  const raise = (row: OpenCondition): void => {
    write.immediate({ ...row, raised: true })
    open.set(keyOf(row.code, row.subjectId), row)
  }
  const clear = (row: OpenCondition): void => {
    write.immediate({ ...row, raised: false })
    open.delete(keyOf(row.code, row.subjectId))
  }

  const observe = ({ code, subjectId, present, details = {} }: Observation): void => {
    const spec: ConditionSpec = conditions[code]
    const key = keyOf(code, subjectId)
    const raised = open.get(key)
    const nowMono = clock.monoMs()
    let watch = watches.get(key)
    if (!watch) {
      if (!present && !raised) return
      watch = { changedMonoMs: nowMono, changedMs: clock.nowMs(), present, details }
      watches.set(key, watch)
    } else if (watch.present !== present) {
      Object.assign(watch, { changedMonoMs: nowMono, changedMs: clock.nowMs(), present })
    }
    if (present) watch.details = details
    const lasted = nowMono - watch.changedMonoMs
    if (present && !raised && lasted >= spec.timeToVisibleMs && !explained(spec, subjectId))
      raise({ code, subjectId, sinceMs: watch.changedMs, details })
    else if (!present && raised && lasted >= spec.timeToClearMs) clear(raised)
    if (!present && !open.has(key)) watches.delete(key)
  }

  return {
    observe,
    /** Something that happened at one instant: raised at once, cleared after its `timeToClearMs` by later `settle`s. */
    pulse: (code: ConditionCode, subjectId: string, details: ConditionChange['details']): void => {
      observe({ code, subjectId, present: true, details })
      observe({ code, subjectId, present: false })
    },
    /** Looks again at what was last said; needed where nobody observes regularly. */
    settle: (code: ConditionCode, subjectId: string): void =>
      observe({ code, subjectId, present: watches.get(keyOf(code, subjectId))?.present ?? false }),
    /** Ends what is raised about a subject that is no more (a removed channel). */
    forget: (subjectId: string): void => {
      for (const row of [...open.values()]) if (row.subjectId === subjectId) clear(row)
      for (const key of [...watches.keys()]) if (key.endsWith(` ${subjectId}`)) watches.delete(key)
    },
    open: (): OpenCondition[] => [...open.values()]
  }
}
