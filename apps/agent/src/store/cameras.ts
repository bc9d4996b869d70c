import { MatthanError } from '@matthan/base/error'
import { newId } from '@matthan/base/id'
import type { Assignment, Channel, Recorder, Viewpoint } from '@matthan/protocol/entities'
import type { Store } from '@matthan/sqlite/open'

/** What a probe told of a stream; missing = not known. */
export type ChannelFacts = Partial<
  Pick<Channel, 'manufacturer' | 'model' | 'firmware' | 'serial' | 'videoCodec' | 'audioCodec' | 'width' | 'height'>
>

/** A channel as it is stored; `sealedPassword` opens with the box's secret key (base/secret). */
export type CameraRow = {
  channelId: string
  recorderId: string
  name: string
  kind: 'onvif' | 'rtsp'
  /** As the technician gave it, without credentials. */
  address: string
  streamToken: string
  streamUrl: string
  userName: string
  sealedPassword: string
  facts: ChannelFacts
  removedMs: number | undefined
  /** The viewpoint that it shows now, while one does. */
  viewpoint: Viewpoint | undefined
}

export type NewCamera = Omit<CameraRow, 'channelId' | 'recorderId' | 'removedMs' | 'viewpoint'> & {
  place: string
  requiredDays: number
}
export type CameraTable = ReturnType<typeof cameraTable>

type Raw = Omit<CameraRow, 'facts' | 'removedMs' | 'viewpoint'> & {
  facts: string
  removedMs: number | null
  viewpointId: string | null
  viewpointName: string | null
  place: string | null
  requiredDays: number | null
}

const rowOf = ({ viewpointId, viewpointName, place, requiredDays, ...raw }: Raw): CameraRow => ({
  ...raw,
  facts: JSON.parse(raw.facts) as ChannelFacts,
  removedMs: raw.removedMs ?? undefined,
  viewpoint:
    viewpointId === null
      ? undefined
      : { viewpointId, name: viewpointName ?? '', place: place ?? '', requiredDays: requiredDays ?? 0 }
})

/** Host and port of an address: what leaves the box. A path may carry a token. */
export const hostIn = (address: string): string => (URL.canParse(address) ? new URL(address).host : '')

/** Viewpoints, channels and what ties them (0-decisions, Words). */
export const cameraTable = (store: Store) => {
  const columns = `c.channel_id as channelId, c.recorder_id as recorderId, c.name, c.kind, c.address,
    c.stream_token as streamToken, c.stream_url as streamUrl, c.user_name as userName,
    c.sealed_password as sealedPassword, c.facts, c.removed_ms as removedMs,
    v.viewpoint_id as viewpointId, v.name as viewpointName, v.place, v.required_days as requiredDays`
  const tables = `channel c left join assignment a on a.channel_id = c.channel_id and a.to_ms is null
    left join viewpoint v on v.viewpoint_id = a.viewpoint_id`
  const all = store.prepare<[], Raw>(`select ${columns} from ${tables} order by c.rowid`)
  const one = store.prepare<[string], Raw>(`select ${columns} from ${tables} where c.channel_id = ?`)
  const same = store.prepare<[string, string], Raw>(
    `select ${columns} from ${tables} where c.address = ? and c.stream_token = ? and c.removed_ms is null`
  )
  const insertRecorder = store.prepare('insert into recorder (recorder_id, kind, name) values (?, ?, ?)')
  const ours = store.prepare<[], string>("select recorder_id from recorder where kind = 'matthan'").pluck()
  const insertChannel = store.prepare(
    `insert into channel (channel_id, recorder_id, name, kind, address, stream_token, stream_url, user_name,
       sealed_password, facts)
     values (@channelId, @recorderId, @name, @kind, @address, @streamToken, @streamUrl, @userName, @sealedPassword, @facts)`
  )
  const updateChannel = store.prepare(
    `update channel set name = @name, kind = @kind, stream_url = @streamUrl, user_name = @userName,
       sealed_password = @sealedPassword, facts = @facts where channel_id = @channelId`
  )
  const setFacts = store.prepare('update channel set facts = ? where channel_id = ?')
  const insertViewpoint = store.prepare(
    'insert into viewpoint (viewpoint_id, name, place, required_days) values (@viewpointId, @name, @place, @requiredDays)'
  )
  const updateViewpoint = store.prepare(
    'update viewpoint set name = @name, place = @place, required_days = @requiredDays where viewpoint_id = @viewpointId'
  )
  const assign = store.prepare(
    'insert into assignment (assignment_id, channel_id, viewpoint_id, from_ms) values (?, ?, ?, ?)'
  )
  const endAssignment = store.prepare(
    'update assignment set to_ms = max(from_ms, ?) where channel_id = ? and to_ms is null'
  )
  const markRemoved = store.prepare('update channel set removed_ms = ? where channel_id = ? and removed_ms is null')

  const requiredDays = store
    .prepare<[string], number>(
      `select v.required_days from assignment a join viewpoint v on v.viewpoint_id = a.viewpoint_id
        where a.channel_id = ? order by a.to_ms is null desc, a.to_ms desc, a.rowid desc limit 1`
    )
    .pluck()
  const viewpoints = store.prepare<[], Viewpoint>(
    'select viewpoint_id as viewpointId, name, place, required_days as requiredDays from viewpoint order by rowid'
  )
  const recorders = store.prepare<[], Recorder>(
    'select recorder_id as recorderId, kind, name from recorder order by rowid'
  )
  type Wanted = { viewpointId: string | null; channelId: string | null }
  const assignments = store.prepare<[Wanted], Omit<Assignment, 'toMs'> & { toMs: number | null }>(
    `select assignment_id as assignmentId, channel_id as channelId, viewpoint_id as viewpointId, from_ms as fromMs,
       to_ms as toMs
     from assignment
     where (@viewpointId is null or viewpoint_id = @viewpointId) and (@channelId is null or channel_id = @channelId)
     order by from_ms, rowid`
  )

  const reaches = store.prepare<[Wanted], Omit<Assignment, 'toMs'> & { toMs: number | null }>(
    `select assignment_id as assignmentId, channel_id as channelId, viewpoint_id as viewpointId, to_ms as toMs,
       case when rowid = (select min(rowid) from assignment f where f.channel_id = a.channel_id) then 0 else from_ms end
         as fromMs
     from assignment a
     where (@viewpointId is null or viewpoint_id = @viewpointId) and (@channelId is null or channel_id = @channelId)
     order by from_ms, rowid`
  )
  const asAssignments = (rows: (Omit<Assignment, 'toMs'> & { toMs: number | null })[]): Assignment[] =>
    rows.map(({ toMs, ...rest }) => ({ ...rest, ...(toMs === null ? {} : { toMs }) }))

  const ourRecorder = (): string => {
    const known = ours.get()
    if (known) return known
    const recorderId = newId()
    insertRecorder.run(recorderId, 'matthan', 'matthan')
    return recorderId
  }
  const get = (channelId: string): CameraRow | undefined => {
    const raw = one.get(channelId)
    return raw && rowOf(raw)
  }

  return {
    all: (): CameraRow[] => all.all().map(rowOf),
    /** Those that are not removed. */
    recorded: (): CameraRow[] =>
      all
        .all()
        .map(rowOf)
        .filter(camera => camera.removedMs === undefined),
    get,
    /**
     * Adds a camera and its viewpoint, from `nowMs` on; the same address and stream again only brings them up to date.
     * @returns the row, and whether it is new.
     */
    put: store.transaction((camera: NewCamera, nowMs: number): { camera: CameraRow; added: boolean } => {
      const { name, place, requiredDays } = camera
      const known = same.get(camera.address, camera.streamToken)
      const channelId = known?.channelId ?? newId()
      const values = { ...camera, channelId, facts: JSON.stringify(camera.facts) }
      if (known) updateChannel.run(values)
      else insertChannel.run({ ...values, recorderId: ourRecorder() })
      if (known?.viewpointId) {
        updateViewpoint.run({ viewpointId: known.viewpointId, name, place, requiredDays })
      } else {
        const viewpointId = newId()
        insertViewpoint.run({ viewpointId, name, place, requiredDays })
        assign.run(newId(), channelId, viewpointId, nowMs)
      }
      return { camera: get(channelId)!, added: !known }
    }),
    setFacts: (channelId: string, facts: ChannelFacts): void => {
      setFacts.run(JSON.stringify(facts), channelId)
    },
    /** Ends the recording of a channel; its footage stays until retention takes it. @throws MatthanError notFound */
    remove: store.transaction((channelId: string, nowMs: number): void => {
      if (!get(channelId)) throw new MatthanError('notFound', 'agent.noSuchCamera', { camera: channelId })
      endAssignment.run(nowMs, channelId)
      markRemoved.run(nowMs, channelId)
    }),
    /** Removed ones too: footage of them is still there. */
    channels: (): Channel[] =>
      all.all().map(raw => {
        const { channelId, recorderId, name, address, kind, facts } = rowOf(raw)
        return { channelId, recorderId, name, address: hostIn(address), kind, ...facts }
      }),
    /** Days that a channel's footage must exist, by the viewpoint that it shows or, removed, showed last; 0 = none agreed. */
    requiredDays: (channelId: string): number => requiredDays.get(channelId) ?? 0,
    viewpoints: (): Viewpoint[] => viewpoints.all(),
    recorders: (): Recorder[] => recorders.all(),
    /** Ended ones too, oldest first; of one viewpoint or one channel, or all. */
    assignments: (of: { viewpointId?: string; channelId?: string } = {}): Assignment[] =>
      asAssignments(assignments.all({ viewpointId: of.viewpointId ?? null, channelId: of.channelId ?? null })),
    /**
     * The same for finding footage: a channel's first assignment reaches back without end. What the channel recorded before
     * it by the clock was recorded while that clock stood behind (I8), and can be of no other viewpoint.
     */
    reaches: (of: { viewpointId?: string; channelId?: string } = {}): Assignment[] =>
      asAssignments(reaches.all({ viewpointId: of.viewpointId ?? null, channelId: of.channelId ?? null }))
  }
}
