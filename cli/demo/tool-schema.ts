/** A closed JSON Schema for a tool's arguments: what is required and nothing unknown, so that validity can be judged. */
export function objectSchema(
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[],
): Readonly<Record<string, unknown>> {
  return { type: 'object', properties, required, additionalProperties: false }
}
