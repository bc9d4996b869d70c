import { bigint, table, text } from './table.ts'

/** The centre about itself: written by the store. */
export const meta = table(
  'meta',
  'Single values by key: centreEpoch (rises with each restore), evidenceLabel:<year>.',
  { key: text('Name.'), value: text('Value.') },
  { key: ['key'] }
)

export const changeLog = table(
  'change_log',
  'What changed, in order; written in the transaction of the change itself, so that a reader misses nothing.\nThe oldest are trimmed; a reader that is behind them starts anew.',
  {
    seq: bigint('Rises by one; given by the one writer.'),
    topic: text('What kind of thing changed: store/topics.'),
    id: text('Which one.'),
    at_ms: bigint('Clock of the centre.')
  },
  { key: ['seq'] }
)
