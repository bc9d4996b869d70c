import type { ConditionCode } from '@matthan/protocol/health'
import type { Store } from '@matthan/sqlite/open'

export type OpenCondition = {
  code: ConditionCode
  subjectId: string
  /** When the cause began, milliseconds UTC. */
  sinceMs: number
  details: Record<string, string | number>
}
export type ConditionTable = ReturnType<typeof conditionTable>

/** Conditions that are raised now. Whoever writes a row appends its fact in the same transaction. */
export const conditionTable = (store: Store) => {
  const insert = store.prepare(
    'insert into condition_open (code, subject_id, since_ms, details) values (?, ?, ?, ?) on conflict do nothing'
  )
  const remove = store.prepare('delete from condition_open where code = ? and subject_id = ?')
  const all = store.prepare<[], { code: ConditionCode; subjectId: string; sinceMs: number; details: string }>(
    'select code, subject_id as subjectId, since_ms as sinceMs, details from condition_open order by since_ms, code'
  )
  return {
    /** False when it is raised already. */
    raise: (one: OpenCondition): boolean =>
      insert.run(one.code, one.subjectId, one.sinceMs, JSON.stringify(one.details)).changes === 1,
    /** False when it was not raised. */
    clear: (code: ConditionCode, subjectId: string): boolean => remove.run(code, subjectId).changes === 1,
    all: (): OpenCondition[] => all.all().map(row => ({ ...row, details: JSON.parse(row.details) }))
  }
}
