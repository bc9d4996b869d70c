import type { DurableRecord } from '@matthan/protocol/envelope'
import type { RecordKind } from '@matthan/protocol/facts'
import { ingestClock } from './clock.ts'
import { ingestCondition } from './condition.ts'
import { ingestCoverage } from './coverage.ts'
import { ingestCustody } from './custody.ts'
import type { Ingester, Taking } from './ingester.ts'
import { ingestInventory } from './inventory.ts'
import { ingestResult, type Settle } from './result.ts'
import { ingestRetention } from './retention.ts'

type Ingesters = { [Kind in RecordKind]: Ingester<Kind> }

/** Who takes which kind. A kind without a line here does not compile. */
const makeIngesters = (settle: Settle): Ingesters => ({
  inventory: ingestInventory,
  condition: ingestCondition,
  coverage: ingestCoverage,
  retention: ingestRetention,
  clock: ingestClock,
  custody: ingestCustody,
  result: ingestResult(settle)
})

export type TakeRecord = (taking: Taking, record: DurableRecord) => Promise<string | undefined>

export const recordTaker = (settle: Settle): TakeRecord => {
  const ingesters = makeIngesters(settle)
  return async (taking, record) => {
    // The two halves belong together: `readRecord` read the body by its kind.
    const ingester = ingesters[record.kind] as (
      taking: Taking,
      body: DurableRecord['body']
    ) => Promise<string | undefined>
    return await ingester(taking, record.body)
  }
}
