type AttributeValue = string | number | boolean

/**
 * Attributes as they were sent, as far as the store still knows: texts (arrays and maps as JSON text), numbers, booleans (stored as
 * `true` and `false`), and bodies that were stored apart.
 */
export const attributesOf = (
  texts: Readonly<Record<string, string>>,
  numbers: Readonly<Record<string, number | string | null>>,
  bodies: Readonly<Record<string, string>> = {},
): Record<string, AttributeValue> => {
  const entries: [string, AttributeValue][] = [
    ...Object.entries(texts).map(([key, text]): [string, AttributeValue] => [key, BOOLEANS[text] ?? text]),
    ...Object.entries(numbers).map(([key, value]): [string, AttributeValue] => [key, value ?? 'NaN']),
    ...Object.entries(bodies),
  ]
  // fromEntries defines own properties: an attribute called __proto__ stays an attribute.
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const BOOLEANS: Readonly<Record<string, boolean>> = Object.assign(Object.create(null) as Record<string, boolean>, {
  true: true,
  false: false,
})

/** JSON object text as an object; anything else, broken text included, as an empty one. */
export const objectOfJson = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}
