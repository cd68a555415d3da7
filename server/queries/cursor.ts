import { badRequest } from '../problem.ts'

/** Where a page ended: the sort keys of its last item, as one opaque word. `sort` names the order, so that a cursor of another is refused. */
export interface Cursor {
  readonly sort: string
  readonly keys: readonly string[]
}

export const cursorOf = (sort: string, ...keys: readonly string[]): string =>
  Buffer.from(JSON.stringify([sort, ...keys])).toString('base64url')

/** @throws HttpProblem 400 for a cursor that is not one of ours or belongs to another order */
export const parseCursor = (text: string | undefined, sort: string, keys: number): Cursor | undefined => {
  if (text === undefined) return undefined
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (
      Array.isArray(parsed) &&
      parsed.length === keys + 1 &&
      parsed.every((key) => typeof key === 'string') &&
      parsed[0] === sort
    )
      return { sort, keys: parsed.slice(1) }
  } catch {
    // Not JSON: refused below like every other word that is no cursor.
  }
  throw badRequest('cursor is not one that this list gave for this sort. Leave it away to start at the first page.')
}

/** A number that a cursor carries goes into the query as a number or not at all. @throws HttpProblem 400 */
export const numericKey = (key: string | undefined): string => {
  if (key !== undefined && !/^-?\d{1,30}(\.\d{1,9})?$/.test(key))
    throw badRequest('cursor is damaged. Leave it away to start at the first page.')
  return key ?? ''
}

/** One more than a page was read: the page, and whether there is more. */
export const pageOf = <T>(
  rows: readonly T[],
  limit: number,
  cursor: (last: T) => string,
): { page: readonly T[]; next: string | null } => {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { page, next: rows.length > limit && last !== undefined ? cursor(last) : null }
}
