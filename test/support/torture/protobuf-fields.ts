/** Where a field of a message lies, messages within messages included: what can be read as a message is taken for one. */
export interface Field {
  readonly number: number
  readonly wireType: number
  readonly tagAt: number
  /** After the tag: the length of what has one, else the value. */
  readonly lengthAt: number
  readonly valueFrom: number
  readonly valueTo: number
}

const DEPTH_MAX = 9
const FIELDS_MAX = 4_000
const known = new WeakMap<Uint8Array, readonly Field[]>()

export const fieldsOf = (body: Uint8Array): readonly Field[] => {
  const before = known.get(body)
  if (before) return before
  const fields: Field[] = []
  read(body, 0, body.length, 0, fields)
  known.set(body, fields)
  return fields
}

/** False where the bytes are no message; what was found of it is taken back. */
const read = (body: Uint8Array, from: number, to: number, depth: number, fields: Field[]): boolean => {
  const before = fields.length
  let at = from
  while (at < to && fields.length < FIELDS_MAX) {
    const field = fieldAt(body, at, to)
    if (!field) {
      fields.length = before
      return false
    }
    fields.push(field)
    if (field.wireType === 2 && depth < DEPTH_MAX) read(body, field.valueFrom, field.valueTo, depth + 1, fields)
    at = field.valueTo
  }
  return true
}

const fieldAt = (body: Uint8Array, tagAt: number, to: number): Field | undefined => {
  const tag = varintAt(body, tagAt, to)
  if (!tag || tag.value < 8) return undefined
  const [number, wireType, lengthAt] = [Math.floor(tag.value / 8), tag.value % 8, tag.end]
  const whole = (valueFrom: number, valueTo: number): Field | undefined =>
    valueTo <= to ? { number, wireType, tagAt, lengthAt, valueFrom, valueTo } : undefined
  if (wireType === 1) return whole(lengthAt, lengthAt + 8)
  if (wireType === 5) return whole(lengthAt, lengthAt + 4)
  const first = wireType === 0 || wireType === 2 ? varintAt(body, lengthAt, to) : undefined
  if (!first) return undefined
  return wireType === 0 ? whole(lengthAt, first.end) : whole(first.end, first.end + first.value)
}

const varintAt = (body: Uint8Array, from: number, to: number): { value: number; end: number } | undefined => {
  let value = 0
  for (let at = from, scale = 1; at < to && at < from + 10; at++, scale *= 0x80) {
    value += (body[at]! & 0x7f) * scale
    if (body[at]! < 0x80) return { value, end: at + 1 }
  }
  return undefined
}
