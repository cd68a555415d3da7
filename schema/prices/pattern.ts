/** A name, or a pattern in which * stands for any text. Upper and lower case are the same. */
export const matchesPattern = (pattern: string, name: string): boolean => {
  const parts = pattern.toLowerCase().split('*')
  const text = name.toLowerCase()
  const first = parts[0] ?? ''
  if (parts.length === 1) return text === first
  const last = parts.at(-1) ?? ''
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let from = first.length
  const end = text.length - last.length
  // The earliest place for each part leaves the most room for those after it.
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from)
    if (at < 0 || at + part.length > end) return false
    from = at + part.length
  }
  return true
}

/** How much a pattern says: a plain name more than any pattern, a pattern more the longer its text is. */
export const precisionOf = (pattern: string): number =>
  pattern.includes('*') ? pattern.replaceAll('*', '').length : Number.MAX_SAFE_INTEGER

/** Names that a model may stand under in a price list: as it was said, and without the routes that proxies write before it. */
export const namesOf = (model: string): readonly string[] => {
  const names = [model, model.slice(model.indexOf('/') + 1), model.slice(model.lastIndexOf('/') + 1)]
  return [...new Set(names)].filter((name) => name !== '')
}
