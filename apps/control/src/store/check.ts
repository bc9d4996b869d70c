import { sql } from 'kysely'
import type { ControlStore } from './open.ts'

/** What `check` found of one kind of thing. */
export type Finding = { what: string; checked: number; wrong: string[] }

const finding = async (what: string, run: () => Promise<{ checked: number; wrong: string[] }>): Promise<Finding> => ({
  what,
  ...(await run())
})

/** SQLite's own check of the file. */
export const checkFile = ({ read }: ControlStore): Promise<Finding> =>
  finding('control.db', async () => {
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(read)
    const wrong = rows.map(row => row.integrity_check).filter(text => text !== 'ok')
    return { checked: 1, wrong }
  })

/** I3: holes lie within what was taken and apart from each other, and no row stands for a record in a hole. */
export const checkLanes = ({ read }: ControlStore): Promise<Finding> =>
  finding('I3 lane', async () => {
    const wrong: string[] = []
    const lanes = await read.selectFrom('lane').selectAll().execute()
    for (const lane of lanes) {
      const holes = await read
        .selectFrom('lost_knowledge')
        .select(['from_seq', 'to_seq'])
        .where('box_id', '=', lane.box_id)
        .where('lane', '=', lane.lane)
        .where('epoch', '=', lane.epoch)
        .orderBy('from_seq')
        .execute()
      let reached = 0
      for (const hole of holes) {
        if (hole.from_seq <= reached || hole.to_seq < hole.from_seq || hole.to_seq >= lane.last_seq)
          wrong.push(`${lane.box_id} ${lane.lane} ${lane.epoch}: hole ${hole.from_seq}-${hole.to_seq}`)
        reached = hole.to_seq
      }
    }
    for (const name of ['custody', 'clock_check'] as const) {
      const rows = await read
        .selectFrom(name)
        .leftJoin('lane', join =>
          join.onRef('lane.box_id', '=', `${name}.box_id`).onRef('lane.epoch', '=', `${name}.epoch`)
        )
        .select([`${name}.box_id as box`, `${name}.seq as seq`])
        .where(eb => eb.or([eb('lane.last_seq', 'is', null), eb('lane.last_seq', '<', eb.ref(`${name}.seq`))]))
        .execute()
      for (const row of rows) wrong.push(`${name}: ${row.box} ${row.seq} was never taken`)
    }
    return { checked: lanes.length, wrong }
  })

/** Changes are numbered without holes. */
export const checkChanges = ({ read }: ControlStore): Promise<Finding> =>
  finding('change_log', async () => {
    const row = await read
      .selectFrom('change_log')
      .select(eb => [eb.fn.min('seq').as('first'), eb.fn.max('seq').as('last'), eb.fn.countAll().as('count')])
      .executeTakeFirst()
    const count = Number(row?.count ?? 0)
    const whole = count === 0 || Number(row?.last) - Number(row?.first) + 1 === count
    return { checked: count, wrong: whole ? [] : [`${count} of ${row?.first}-${row?.last}`] }
  })

/** Every order with what stands beside its signed text. */
export const ordersToCheck = async ({ read }: ControlStore) => await read.selectFrom('order').selectAll().execute()

/** Clips that say they are ready and have no package. */
export const checkClips = ({ read }: ControlStore): Promise<Finding> =>
  finding('clip', async () => {
    const rows = await read
      .selectFrom('clip')
      .leftJoin('package', 'package.package_id', 'clip.package_id')
      .select(['clip.evidence_id', 'package.package_id'])
      .where('clip.state', '=', 'ready')
      .execute()
    return { checked: rows.length, wrong: rows.filter(row => row.package_id === null).map(row => row.evidence_id) }
  })

export const receiptsToCheck = async ({ read }: ControlStore) => await read.selectFrom('receipt').selectAll().execute()
