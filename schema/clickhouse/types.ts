/** `LowCardinality(String)` → `{outer: 'LowCardinality', inner: 'String'}`; a type without arguments has an empty `inner`. */
export const wrapped = (type: string): { readonly outer: string; readonly inner: string } => {
  const [, outer = type, inner = ''] = /^(\w+)\((.*)\)$/s.exec(type) ?? []
  return { outer, inner }
}

/** The two types of a map: `K, V`, either of which may have commas inside parentheses. */
export const mapTypes = (text: string): readonly [string, string] => {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')') depth--
    else if (text[i] === ',' && depth === 0) return [text.slice(0, i).trim(), text.slice(i + 1).trim()]
  }
  throw new Error(`a Map has two types, got ${text}`)
}
