import { describe, expect, it } from 'vitest'
import { textLaws } from './rules.ts'
import { type Source, sources } from './sources.ts'

/** For each law that reads text: a file that breaks it. A law that cannot fail is none. */
const planted: Record<string, Source> = {
  L3: { path: 'apps/agent/src/x.ts', text: 'const a = 1\nconst late = Date.now() + a\n' },
  L4: { path: 'apps/agent/src/x.ts', text: "export const home = process.env['HOME']\n" },
  L5: { path: 'apps/agent/src/link/x.ts', text: "store.exec('delete from spool')\n" },
  L6: { path: 'apps/agent/src/link/x.ts', text: "client.publish('matthan/v1/x/up/fact', body)\n" },
  L7: { path: 'apps/agent/src/x.ts', text: 'const a = 1\n'.repeat(301) },
  L9: { path: 'docs/x.md', text: 'See `apps/agent/src/nowhere.ts`.\n' },
  L11: { path: 'apps/agent/src/x.ts', text: 'const y = x as any\n' }
}

describe('the laws of the house', () => {
  const all = sources('*.ts', '*.tsx', '*.mjs', '*.sql', '*.md', '*.py', '*.sh')

  for (const law of textLaws) {
    it(law.name, () => {
      expect(law.violations(all), law.because).toEqual([])
    })

    it(`${law.name}: a planted violation is found`, () => {
      const code = law.name.split(' ')[0]!
      expect(law.violations([planted[code]!])).toHaveLength(1)
    })
  }
})
