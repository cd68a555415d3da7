import { DatabaseError, type QueryParams } from './database.ts'

/**
 * Fills `{name:Type}` placeholders on an embedded connection: `SET param_name = '…'` before the query, where the engine itself reads each
 * value as its declared type. The binding's own parameter call runs one query at a time in the whole process, so a slow report would hold up every list.
 * '' without parameters.
 * @throws DatabaseError for a placeholder without a value: the connection may remember one of an earlier query.
 */
export const paramsPrelude = (sql: string, params: QueryParams): string => {
  for (const [, name] of sql.replace(STRING_LITERAL, "''").matchAll(PLACEHOLDER))
    if (!(name! in params)) throw new DatabaseError('query', '456', `Substitution ${name} is not set.`)
  const names = Object.keys(params)
  if (names.length === 0) return ''
  return `SET ${names.map((name) => `param_${identifier(name)} = ${literal(formatParam(params[name]))}`).join(', ')};\n`
}

/** A value as ClickHouse reads parameters, over HTTP too: strings escaped as in TSV, lists as SQL literals. */
export const formatParam = (value: unknown): string => {
  if (typeof value === 'string') return value.replace(/[\\\t\n\r\b\f\0]/g, (char) => ESCAPES[char]!)
  if (Array.isArray(value)) return `[${value.map(formatItem).join(',')}]`
  return formatScalar(value)
}

const PLACEHOLDER = /\{\s*(\w+)\s*:/g
const STRING_LITERAL = /'(?:[^'\\]|\\.)*'/gs

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\0': '\\0',
}

const formatItem = (item: unknown): string => {
  if (typeof item === 'string') return literal(item)
  if (Array.isArray(item)) return `[${item.map(formatItem).join(',')}]`
  if (item === null || item === undefined) return 'NULL'
  return formatScalar(item)
}

const formatScalar = (value: unknown): string => {
  if (value === null || value === undefined) return '\\N'
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return 'nan'
    return Number.isFinite(value) ? String(value) : value > 0 ? '+inf' : '-inf'
  }
  if (value instanceof Date) return (value.getTime() / 1000).toFixed(3)
  throw new DatabaseError('query', '', `A query parameter cannot be ${Object.prototype.toString.call(value)}`)
}

const literal = (text: string): string => `'${text.replace(/[\\']/g, (char) => `\\${char}`)}'`

const identifier = (name: string): string => {
  if (!/^\w+$/.test(name)) throw new DatabaseError('query', '456', `${JSON.stringify(name)} is no parameter name`)
  return name
}
