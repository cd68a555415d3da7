import type { ProtobufReader } from './protobuf-reader.ts'
import type { AnyValue, KeyValue, Resource, Scope } from './wire.ts'
import { TOO_DEEP, VALUE_DEPTH_MAX } from './wire.ts'

/**
 * The messages of common/v1 and resource/v1 that every signal uses. Each `read…` reads from the reader's position to `end`;
 * numbers compared with a tag are `field number << 3 | wire type`.
 */

/** Bits of the field numbers that are read: such a field with another wire type is an error, not an unknown field. */
export const fields = (...numbers: number[]): number => numbers.reduce((mask, n) => mask | (1 << n), 0)
const KNOWN_1 = fields(1)
const KNOWN_1_2 = fields(1, 2)
const KNOWN_SCOPE = fields(1, 2, 3)
const KNOWN_VALUE = fields(1, 2, 3, 4, 5, 6, 7)

export const NONE: readonly never[] = Object.freeze([])
export const NO_SCOPE: Scope = Object.freeze({ name: '', version: '', attributes: NONE })
export const NO_RESOURCE: Resource = Object.freeze({ attributes: NONE })

/** A singular message that occurs twice is merged (protobuf encoding, "Last One Wins"): its lists are joined, its scalars replaced. */
export function readResource(r: ProtobufReader, end: number, before: Resource): Resource {
  const attributes: KeyValue[] = before.attributes.slice()
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x0a) attributes.push(readKeyValue(r, r.delimited(end), 0))
    else r.skip(tag, end, KNOWN_1)
  }
  return { attributes }
}

export function readScope(r: ProtobufReader, end: number, before: Scope): Scope {
  let { name, version } = before
  const attributes: KeyValue[] = before.attributes.slice()
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x0a) name = r.string(end)
    else if (tag === 0x12) version = r.string(end)
    else if (tag === 0x1a) attributes.push(readKeyValue(r, r.delimited(end), 0))
    else r.skip(tag, end, KNOWN_SCOPE)
  }
  return { name, version, attributes }
}

export function readKeyValue(r: ProtobufReader, end: number, depth: number): KeyValue {
  r.countElement()
  let key = ''
  let value: AnyValue = null
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x0a) key = r.string(end)
    else if (tag === 0x12) value = readValue(r, r.delimited(end), depth)
    else r.skip(tag, end, KNOWN_1_2)
  }
  return { key, value }
}

/** AnyValue is a oneof: the last member that was sent counts. */
export function readValue(r: ProtobufReader, end: number, depth: number): AnyValue {
  if (depth > VALUE_DEPTH_MAX) {
    r.pos = end
    return TOO_DEEP
  }
  let value: AnyValue = null
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x0a) value = r.string(end)
    else if (tag === 0x18) value = r.int64(end)
    else if (tag === 0x10) value = r.bool(end)
    else if (tag === 0x21) value = r.double(end)
    else if (tag === 0x2a) value = { array: repeatedValue(r, r.delimited(end), depth + 1) }
    else if (tag === 0x32) value = { kvlist: repeatedKeyValue(r, r.delimited(end), depth + 1) }
    else if (tag === 0x3a) value = r.bytes(end)
    else r.skip(tag, end, KNOWN_VALUE)
  }
  return value
}

function repeatedValue(r: ProtobufReader, end: number, depth: number): AnyValue[] {
  const list: AnyValue[] = []
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x0a) {
      r.countElement()
      list.push(readValue(r, r.delimited(end), depth))
    } else r.skip(tag, end, KNOWN_1)
  }
  return list
}

function repeatedKeyValue(r: ProtobufReader, end: number, depth: number): KeyValue[] {
  const list: KeyValue[] = []
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x0a) list.push(readKeyValue(r, r.delimited(end), depth))
    else r.skip(tag, end, KNOWN_1)
  }
  return list
}
