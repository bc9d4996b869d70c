import { MatthanError } from '@matthan/base/error'
import { isId } from '@matthan/base/id'
import { allBoxes, type BoxRow, boxById } from '../store/boxes.ts'
import { type ClipRow, clipById, clipByLabel } from '../store/clips.ts'
import type { Reader } from '../store/open.ts'
import { type ViewpointRow, viewpointById, viewpointsByName } from '../store/places.ts'

/** People write names and labels, programs write ids. @throws MatthanError notFound, or usage when a name is not unique. */
export const findBox = async (db: Reader, text: string): Promise<BoxRow> => {
  const box = isId(text) ? await boxById(db, text) : undefined
  if (box) return box
  const named = (await allBoxes(db)).filter(one => one.name === text)
  const living = named.filter(one => one.state !== 'revoked')
  const found = living.length > 0 ? living : named
  if (found.length > 1) throw new MatthanError('usage', 'control.boxAmbiguous', { box: text })
  if (!found[0]) throw new MatthanError('notFound', 'control.noBox', { box: text })
  return found[0]
}

export const findViewpoint = async (db: Reader, text: string): Promise<ViewpointRow> => {
  const found = isId(text) ? await viewpointById(db, text) : undefined
  if (found) return found
  const named = await viewpointsByName(db, text)
  if (named.length > 1) throw new MatthanError('usage', 'control.viewpointAmbiguous', { viewpoint: text })
  if (!named[0]) throw new MatthanError('notFound', 'control.noViewpoint', { viewpoint: text })
  return named[0]
}

export const findClip = async (db: Reader, text: string): Promise<ClipRow> => {
  const clip = (isId(text) ? await clipById(db, text) : undefined) ?? (await clipByLabel(db, text))
  if (!clip) throw new MatthanError('notFound', 'control.noClip', { clip: text })
  return clip
}
