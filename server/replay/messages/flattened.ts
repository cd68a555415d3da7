/** A tree of what was flattened into keys: `0.message.role` → { 0: { message: { role } } }. */
export interface Flat {
  [key: string]: Flat | string
}

/**
 * Attributes below a prefix as a list, in numeric order of the index that follows it. Gaps and disorder occur in the wild (dialects.md §2).
 */
export const listUnder = (attrs: Readonly<Record<string, string>>, prefix: string): Flat[] => {
  const root: Flat = Object.create(null)
  for (const [key, value] of Object.entries(attrs)) {
    if (key.startsWith(prefix)) put(root, key.slice(prefix.length).split('.'), value)
  }
  return numbered(root)
}

/** Elements of a flattened list that is a field of a flattened object. */
export const numbered = (flat: Flat | string | undefined): Flat[] => {
  if (flat === undefined || typeof flat === 'string') return []
  return Object.keys(flat)
    .filter((key) => /^\d{1,9}$/.test(key))
    .sort((a, b) => Number(a) - Number(b))
    .flatMap((key) => {
      const item = flat[key]
      return item === undefined || typeof item === 'string' ? [] : [item]
    })
}

export const field = (flat: Flat | string | undefined, ...path: readonly string[]): string => {
  const found = below(flat, ...path)
  return typeof found === 'string' ? found : ''
}

export const below = (flat: Flat | string | undefined, ...path: readonly string[]): Flat | string | undefined => {
  let at: Flat | string | undefined = flat
  for (const name of path) {
    if (at === undefined || typeof at === 'string') return undefined
    at = at[name]
  }
  return at
}

const put = (root: Flat, path: readonly string[], value: string): void => {
  let at = root
  for (const name of path.slice(0, -1)) {
    const next = at[name]
    if (typeof next === 'object') at = next
    else {
      const made: Flat = Object.create(null)
      at[name] = made
      at = made
    }
  }
  const last = path.at(-1) ?? ''
  if (typeof at[last] !== 'object') at[last] = value
}
