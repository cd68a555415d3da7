import { ServerException } from './exceptions.ts'

/** `INSERT INTO t (a, b) SETTINGS … FORMAT RowBinary`: a statement whose rows follow it. */
export interface InsertHead {
  readonly table: string
  /** `(a, b)` or ''. */
  readonly columns: string
  /** `SETTINGS …` or ''. */
  readonly settings: string
  readonly format: string
  /** Where the rows begin, in characters. */
  readonly end: number
}

const INSERT_HEAD =
  /^\s*INSERT\s+INTO\s+(?:TABLE\s+)?(?<table>(?:`[^`]+`|[\w.])+)\s*(?<columns>\((?:[^()`]|`[^`]*`|\([^()]*\))*\))?\s*(?<settings>SETTINGS\s+(?:[^']|'(?:[^'\\]|\\.)*')*?)?\s*FORMAT\s+(?<format>(?!VALUES\b)\w+)(?:\s*;)?(?:[ \t\r]*\n|\s|$)/is

/** null where the statement does not end in FORMAT with rows after it (SELECT, DDL, INSERT … VALUES, INSERT … SELECT). */
export const insertHeadOf = (text: string): InsertHead | null => {
  const match = INSERT_HEAD.exec(text)
  if (!match?.groups) return null
  const { table, columns = '', settings = '', format } = match.groups
  return { table: table!, columns, settings, format: format!, end: match[0].length }
}

/** The same insert with its rows in a file, which is how the embedded engine takes binary formats. */
export const insertFromFile = (head: InsertHead, file: string): string =>
  `INSERT INTO ${head.table} ${head.columns} FROM INFILE '${file.replaceAll("'", "\\'")}' ${head.settings} FORMAT ${head.format}`

/** The FORMAT clause at the end of a SELECT, which wins over every other way to name one. */
export const formatClauseOf = (sql: string): string | null => /\bFORMAT\s+(\w+)\s*;?\s*$/i.exec(sql)?.[1] ?? null

/** A server takes one statement per request; the embedded engine would run them all, and hide the mistake. */
export const refuseSecondStatement = (sql: string): void => {
  const bare = sql.replace(/'(?:[^'\\]|\\.|'')*'|`[^`]*`|"[^"]*"|--[^\n]*|\/\*.*?\*\//gs, ' ')
  const at = bare.indexOf(';')
  if (at >= 0 && bare.slice(at + 1).trim() !== '')
    throw new ServerException(62, 'Syntax error (Multi-statements are not allowed)', 'SYNTAX_ERROR')
}

export const quoted = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
