/**
 * The query string as people write it: plain text, repeated keys for lists (`?env=prod&env=staging`), nothing quoted. Every value is a
 * string or a list of strings; what a page's parameters mean is decided by its `validate…Search`.
 */
export type RawSearch = Readonly<Record<string, unknown>>

export const parseSearch = (text: string): Record<string, string | string[]> => {
  const search: Record<string, string | string[]> = {}
  const params = new URLSearchParams(text.startsWith('?') ? text.slice(1) : text)
  for (const key of new Set(params.keys())) {
    const values = params.getAll(key)
    search[key] = values.length === 1 ? values[0]! : values
  }
  return search
}

export const stringifySearch = (search: RawSearch): string => {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') params.append(key, String(one))
    }
  }
  // Colons and commas may stand unescaped in a query (RFC 3986 §3.4): times stay readable in a shared link.
  const text = params.toString().replaceAll('%3A', ':').replaceAll('%2C', ',')
  return text ? `?${text}` : ''
}

/** Readers for `validate…Search`: what cannot be read is left out, never an error, because people edit URLs. */
export const readText = (value: unknown): string | undefined => {
  const one = Array.isArray(value) ? value[0] : value
  return typeof one === 'string' && one !== '' ? one : typeof one === 'number' ? String(one) : undefined
}
export const readList = (value: unknown): readonly string[] | undefined => {
  const list = (Array.isArray(value) ? value : [value]).flatMap((one) => readText(one) ?? [])
  return list.length > 0 ? [...new Set(list)] : undefined
}
export const readNumber = (value: unknown): number | undefined => {
  const text = readText(value)
  return text !== undefined && Number.isFinite(Number(text)) ? Number(text) : undefined
}
export const readChoice = <T extends string>(value: unknown, choices: readonly T[]): T | undefined =>
  choices.find((choice) => choice === readText(value))

/** Leaves out what is undefined, so that a URL carries only what differs from the default. */
export const compact = <T extends object>(search: T): T =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as T
