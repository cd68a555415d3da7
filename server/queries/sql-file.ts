import { readFileSync } from 'node:fs'

/** A question's text (`name.sql` in this folder), read once at start. `{{name}}` marks where a clause of `filter.ts` goes. */
export const sqlFile = (name: string): string =>
  readFileSync(new URL(`./${name}.sql`, import.meta.url), 'utf8').trimEnd()

/** Puts clauses into a question. Both sides are texts of this program: values travel as typed parameters, never through here. */
export const fill = (sql: string, clauses: Readonly<Record<string, string>>): string =>
  sql.replace(/\{\{(\w+)\}\}/g, (mark, name: string) => {
    const clause = clauses[name]
    if (clause === undefined) throw new Error(`SQL clause ${mark} was not given`)
    return clause
  })
