import { allBoxes } from '../../store/boxes.ts'
import type { ApiDeps } from '../deps.ts'
import { allowed } from '../procedure.ts'
import { viewBox } from '../views.ts'

export const boxList = ({ store }: Pick<ApiDeps, 'store'>) =>
  allowed('box.list').query(async () => (await allBoxes(store.read)).map(viewBox))
