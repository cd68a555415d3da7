/**
 * A JSON value as lines of a tree, made only as deep as it is open: pure, so that folding and searching can be tested, and a megabyte
 * of tool result costs what is seen of it.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface JsonLine {
  /** JSON Pointer of the value; '' for the root. */
  readonly path: string
  readonly depth: number
  readonly key: string | null
  readonly value: Json
  readonly size: number | null
  readonly open: boolean
}

/** Containers beyond this depth start closed, and so does any with more than this many entries. */
const OPEN_DEPTH = 2
const OPEN_ENTRIES_MAX = 40
/** Entries of one container that are listed; the rest is counted, never dropped silently. */
export const ENTRIES_MAX = 1_000

export const sizeOf = (value: Json): number | null =>
  Array.isArray(value) ? value.length : value !== null && typeof value === 'object' ? Object.keys(value).length : null

export const opensAtFirst = (value: Json, depth: number): boolean => {
  const size = sizeOf(value)
  return size !== null && depth < OPEN_DEPTH && size <= OPEN_ENTRIES_MAX
}

/** `toggled` holds the paths whose state is the opposite of how they start; `matches` are open whatever they are. */
export const jsonLines = (
  root: Json,
  toggled: ReadonlySet<string>,
  opened?: ReadonlySet<string>,
): readonly JsonLine[] => {
  const lines: JsonLine[] = []
  const visit = (value: Json, key: string | null, path: string, depth: number): void => {
    const size = sizeOf(value)
    const open = size !== null && (opened?.has(path) || opensAtFirst(value, depth) !== toggled.has(path))
    lines.push({ path, depth, key, value, size, open })
    if (!open) return
    for (const [childKey, child] of entriesOf(value).slice(0, ENTRIES_MAX)) {
      visit(child, childKey, `${path}/${escapePointer(childKey)}`, depth + 1)
    }
  }
  visit(root, null, '', 0)
  return lines
}

const entriesOf = (value: Json): readonly (readonly [string, Json])[] =>
  value !== null && typeof value === 'object' ? Object.entries(value) : []

const escapePointer = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** Paths of the containers that must be open for every hit of `needle` in a key or a plain value to be seen, and the hits themselves. */
export const searchJson = (
  root: Json,
  needle: string,
): { readonly opened: ReadonlySet<string>; readonly hits: readonly string[] } => {
  const wanted = needle.toLowerCase()
  const opened = new Set<string>()
  const hits: string[] = []
  const visit = (value: Json, key: string | null, path: string): boolean => {
    let found = key?.toLowerCase().includes(wanted) ?? false
    if (sizeOf(value) === null) found = found || String(value).toLowerCase().includes(wanted)
    if (found) hits.push(path)
    let inside = false
    for (const [childKey, child] of entriesOf(value)) {
      if (visit(child, childKey, `${path}/${escapePointer(childKey)}`)) inside = true
    }
    if (inside) opened.add(path)
    return found || inside
  }
  if (wanted !== '') visit(root, null, '')
  return { opened, hits }
}

/** JSON text to a value; undefined where it is not JSON, so that the caller shows the text as it is. */
export const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
