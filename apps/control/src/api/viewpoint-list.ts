import { allViewpoints } from '../store/places.ts'
import type { ApiDeps } from './deps.ts'
import { allowed } from './procedure.ts'
import { viewViewpoint } from './views.ts'

export const viewpointList = ({ store }: Pick<ApiDeps, 'store'>) =>
  allowed('viewpoint.list').query(async () => (await allViewpoints(store.read)).map(viewViewpoint))
