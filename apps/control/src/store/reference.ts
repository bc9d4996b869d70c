import { tables } from './tables/tables.ts'

const cell = (text: string): string => text.replaceAll('\n', ' ').replaceAll('|', '\\|')

/** The store of the centre as a page: every table, every column, from the descriptions that make them. */
export const storeReference = (): string => {
  const pages = tables.map(one => {
    const rows = Object.entries(one.columns).map(([name, column]) => {
      const marks = [column.type, one.key.includes(name) ? 'key' : '', column.nullable ? 'or null' : '']
      return `| \`${name}\` | ${marks.filter(mark => mark !== '').join(', ')} | ${cell(column.about)} |`
    })
    const unique = one.unique.map(names => `\nUnique: ${names.map(name => `\`${name}\``).join(', ')}.\n`)
    return `## ${one.name}\n\n${cell(one.about)}\n\n| column | type | meaning |\n|---|---|---|\n${rows.join('\n')}\n${unique.join('')}`
  })
  return `# The store of the centre

Generated from apps/control/src/store/tables by infra/store_reference.ts; do not edit. Instants are milliseconds since
1970 UTC, truths are 0 or 1, JSON is text. There is one writer; readers use a connection that cannot write.

${pages.join('\n')}`
}
