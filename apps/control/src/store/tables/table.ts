/**
 * A table as data: the SQL of the migration, the types of the queries and the reference (docs/ref) all come from
 * it. Types are those that PostgreSQL loads unchanged: text, integer, bigint and blob; instants are bigint
 * milliseconds since 1970 UTC, truths are integer 0 or 1, JSON is text.
 */
type ColumnType = 'text' | 'integer' | 'bigint' | 'blob'
export type Column<Value, Nullable extends boolean = boolean> = {
  type: ColumnType
  nullable: Nullable
  /** Unit, meaning, who writes it. */
  about: string
  /** Only here for the type. */
  value?: Value
}

const column =
  <Value>(type: ColumnType) =>
  (about: string): Column<Value, false> => ({ type, nullable: false, about })

export const text = column<string>('text')
export const integer = column<number>('integer')
export const bigint = column<number>('bigint')
export const blob = column<Uint8Array>('blob')
/** A text column that holds one of a few words. */
export const word = <Word extends string>(about: string): Column<Word, false> => ({
  type: 'text',
  nullable: false,
  about
})
export const orNull = <Value>(one: Column<Value, false>): Column<Value, true> => ({ ...one, nullable: true })

export type Columns = Record<string, Column<unknown>>
export type Table<C extends Columns = Columns> = {
  name: string
  about: string
  columns: C
  key: readonly string[]
  unique: readonly (readonly string[])[]
  indexes: readonly (readonly string[])[]
}

/** What a row holds. A column that may be null may be left out of an insert (Kysely). */
export type Row<T extends Table> = {
  [Name in keyof T['columns']]: T['columns'][Name] extends Column<infer Value, infer Nullable>
    ? Nullable extends true
      ? Value | null
      : Value
    : never
}

export const table = <const C extends Columns>(
  name: string,
  about: string,
  columns: C,
  more: {
    key: readonly (keyof C & string)[]
    unique?: readonly (readonly (keyof C & string)[])[]
    indexes?: readonly (readonly (keyof C & string)[])[]
  }
): Table<C> => ({ name, about, columns, key: more.key, unique: more.unique ?? [], indexes: more.indexes ?? [] })

const comment = (about: string, indent: string): string =>
  about
    .split('\n')
    .map(line => `${indent}-- ${line.trim()}\n`)
    .join('')

/** The commented SQL that makes the table; SQLite keeps the comments, so `.schema` explains itself. */
export const createSql = (one: Table): string => {
  const columns = Object.entries(one.columns).map(
    ([name, c]) => `${comment(c.about, '  ')}  "${name}" ${c.type}${c.nullable ? '' : ' not null'},\n`
  )
  const key = one.key.map(name => `"${name}"`).join(', ')
  const index = (names: readonly string[], kind: string) =>
    `create ${kind} "${one.name}_by_${names.join('_')}" on "${one.name}" (${names.map(name => `"${name}"`).join(', ')});\n`
  const indexes = [
    ...one.unique.map(names => index(names, 'unique index')),
    ...one.indexes.map(names => index(names, 'index'))
  ]
  return `create table "${one.name}" (\n${comment(one.about, '  ')}${columns.join('')}  primary key (${key})\n);\n${indexes.join('')}`
}
