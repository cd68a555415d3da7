export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** JSON text as its value, also where it was encoded twice; undefined where it is no JSON object, array or string. */
export const parseJson = (text: string | undefined): unknown => {
  if (text === undefined || !/^\s*[[{"]/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' && /^\s*[[{]/.test(value) ? parseJson(value) : value
  } catch {
    return undefined
  }
}

/** A value that may be JSON text already. */
export const decoded = (value: unknown): unknown => (typeof value === 'string' ? (parseJson(value) ?? value) : value)

/** A value as text: text as it is, anything else as JSON. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)

export const firstString = (object: JsonObject, ...names: readonly string[]): string => {
  for (const name of names) {
    const value = object[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}

export const firstPresent = (object: JsonObject, ...names: readonly string[]): unknown => {
  for (const name of names) if (object[name] !== undefined && object[name] !== null) return object[name]
  return undefined
}
