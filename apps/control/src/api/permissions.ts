/** Who calls. People with roles come with the web; whoever has shown nothing is `nobody`. */
export type Actor = { kind: 'console' } | { kind: 'nobody' }

/** Each procedure has exactly one permission, of its own name; what is not listed here may nobody. */
const allowedTo = {
  'box.add': ['console'],
  'box.list': ['console'],
  'box.revoke': ['console'],
  'box.show': ['console'],
  'camera.probe': ['console'],
  'clip.cancel': ['console'],
  'clip.list': ['console'],
  'clip.request': ['console'],
  'clip.status': ['console'],
  'feed.changes': ['console'],
  'health.list': ['console'],
  'order.list': ['console'],
  'snapshot.take': ['console'],
  status: ['console'],
  'viewpoint.list': ['console']
} as const satisfies Record<string, readonly Actor['kind'][]>

export type Permission = keyof typeof allowedTo
export const permissions = Object.keys(allowedTo) as Permission[]

export const mayDo = (actor: Actor, permission: Permission): boolean =>
  (allowedTo[permission] as readonly string[]).includes(actor.kind)
