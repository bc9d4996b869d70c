// The arrows of ARCHITECTURE.md as rules. An arrow may only point left:
//
//   base ← {sqlite, protocol, media} ← evidence ← apps ← test
//
// Inside an app, rooms are ranked; a room may import rooms of a lower rank and itself, never one of its own rank.
// The composition root (agent.ts, recorder.ts, control.ts) sees them all and hands them to each other.

/** Rooms by rank, lowest first. */
const ranks = {
  agent: [
    ['store', 'config', 'version'],
    ['spool', 'identity', 'camera', 'clock'],
    ['footage', 'health', 'link', 'upload'],
    ['coverage', 'retention', 'evidence'],
    ['orders'],
    ['box', 'rounds'],
    ['recording_side', 'order_side'],
    ['agent'],
    ['cli'],
    ['main']
  ],
  recorder: [
    ['ticker', 'queue', 'single', 'version'],
    ['config', 'journal', 'ffmpeg'],
    ['layout'],
    ['segments', 'status'],
    ['requests', 'reconcile'],
    ['channels'],
    ['recorder'],
    ['main']
  ],
  control: [
    ['store', 'config', 'version'],
    ['broker', 'vault', 'feed', 'identity'],
    ['dispatch', 'alerts'],
    ['clips', 'ingest', 'check', 'presence', 'vault-parts'],
    ['api'],
    ['http'],
    ['control'],
    ['cli'],
    ['main']
  ]
}

const inRoom = (app, names) => `^apps/${app}/src/(${names.join('|')})(/|\\.ts$)`

const roomRules = Object.entries(ranks).flatMap(([app, order]) =>
  order.flatMap((names, rank) => {
    const above = order.slice(rank + 1).flat()
    const upward = above.length
      ? [
          {
            name: `${app}-${names[0]}-not-upward`,
            comment: `Rooms of rank ${rank} (${names.join(', ')}) serve those above them and must not know them. Take what you need as an argument or a callback; ${app}.ts wires it.`,
            severity: 'error',
            from: { path: inRoom(app, names), pathNot: '(\\.test\\.ts$|/testing/)' },
            to: { path: inRoom(app, above) }
          }
        ]
      : []
    const sideways =
      names.length > 1
        ? names.map(name => ({
            name: `${app}-${name}-not-sideways`,
            comment: `Rooms of the same rank never import each other, so that each can be read and changed alone. Let ${app}.ts hand ${name} what it needs.`,
            severity: 'error',
            from: { path: inRoom(app, [name]), pathNot: '(\\.test\\.ts$|/testing/)' },
            to: {
              path: inRoom(
                app,
                names.filter(other => other !== name)
              )
            }
          }))
        : []
    return [...upward, ...sideways]
  })
)

const packageRule = (name, allowed) => ({
  name: `${name}-imports-only-${allowed.join('-') || 'nothing'}`,
  comment: `packages/${name} is a foundation: of ours it may import ${allowed.join(', ') || 'nothing'}. Move what it needs down, or do the work further up.`,
  severity: 'error',
  from: { path: `^packages/${name}/src`, pathNot: '(\\.test\\.ts$|/testing/)' },
  to: { path: '^(packages|apps|test|infra)/', pathNot: `^packages/(${[name, ...allowed].join('|')})/src` }
})

export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment:
        'Two modules that import each other (types included) are one module in two files. Move the shared part to a third, or merge them.',
      severity: 'error',
      from: {},
      to: { circular: true }
    },
    packageRule('base', []),
    packageRule('sqlite', ['base']),
    packageRule('protocol', ['base']),
    packageRule('media', ['base', 'protocol']),
    packageRule('evidence', ['base', 'media', 'protocol']),
    {
      name: 'apps-are-islands',
      comment:
        'The programs share packages only, never each other: what two of them know is the contract and belongs to packages/protocol.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { path: '^apps/', pathNot: '^apps/$1/' }
    },
    {
      name: 'recorder-stays-small',
      comment:
        'The recorder keeps recording when everything else fails (I9): it has no store, no network of ours, no evidence code.',
      severity: 'error',
      from: { path: '^apps/recorder/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { path: '^packages/(sqlite|evidence)/' }
    },
    {
      name: 'nobody-imports-tests',
      comment:
        'test/ and the testing/ folders see everything and nothing sees them. A helper that a program needs is no test helper; move it into a package.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { path: '(^test/|\\.test\\.ts$|/testing/)' }
    },
    {
      name: 'resolvable',
      comment: 'An import that does not resolve is a typo or a dependency that nobody declared.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true }
    },
    ...roomRules
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types']
    }
  }
}

export { ranks }
