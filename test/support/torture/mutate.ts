import { seededRandom } from '../seeded-random.ts'
import type { Valid } from './corpus.ts'
import { mutateJsonTree } from './json-tree.ts'
import { type Field, fieldsOf } from './protobuf-fields.ts'

/** A request that was spoiled, always the same for a seed. */
export const mutated = (seed: number, corpus: readonly Valid[]): Valid => {
  const random = seededRandom(seed)
  const valid = pick(random, corpus)
  let body = valid.body
  // What knows the structure goes first: after it the structure may be gone.
  if (valid.encoding === 'protobuf' && random() < 0.6) body = structural(body, random)
  if (valid.encoding === 'json' && random() < 0.6) body = mutateJsonTree(body, random)
  const times = random() < 0.5 ? 0 : 1 + Math.floor(random() ** 2 * 4)
  for (let i = 0; i < times; i++) body = pick(random, BYTE_MUTATIONS)(body, random, corpus)
  return { ...valid, body: body.length > BODY_BYTES_MAX ? body.slice(0, BODY_BYTES_MAX) : body }
}

/** Repeated parts of repeated parts grow without end; what is larger than the receiver lets in never comes this far. */
const BODY_BYTES_MAX = 8 * 1024 ** 2

type Random = () => number
type Bytes = Uint8Array<ArrayBuffer>
type Mutation = (body: Bytes, random: Random, corpus: readonly Valid[]) => Bytes

const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!
const place = (random: Random, length: number): number => Math.floor(random() * (length + 1))

const BYTE_MUTATIONS: readonly Mutation[] = [
  function flipBits(body, random) {
    const out = Uint8Array.from(body)
    for (let n = 1 + Math.floor(random() * 6); n > 0 && out.length > 0; n--)
      out[Math.floor(random() * out.length)]! ^= 1 << Math.floor(random() * 8)
    return out
  },
  function setBytes(body, random) {
    const out = Uint8Array.from(body)
    const value = pick(random, [0, 0xff, 0x7f, 0x80, 0x22, 0x5c, 0x7b, 0x5b])
    const from = place(random, out.length)
    return out.fill(value, from, from + 1 + Math.floor(random() * 12))
  },
  function cutOff(body, random) {
    return body.slice(0, place(random, body.length))
  },
  function cutOut(body, random) {
    const from = place(random, body.length)
    const to = from + Math.floor(random() ** 3 * body.length)
    return join(body.slice(0, from), body.slice(to))
  },
  function repeat(body, random) {
    const from = place(random, body.length)
    const part = body.slice(from, from + Math.floor(random() ** 3 * 2_000))
    return join(
      body.slice(0, from),
      ...Array.from({ length: 1 + Math.floor(random() * 8) }, () => part),
      body.slice(from),
    )
  },
  function splice(body, random, corpus) {
    const other = pick(random, corpus).body
    const from = place(random, other.length)
    const part = other.slice(from, from + Math.floor(random() * 400))
    const at = place(random, body.length)
    return join(body.slice(0, at), part, body.slice(at))
  },
]

/** Lies about lengths, other types, values moved to other fields: what a parser meets that trusts what it reads. */
const structural = (body: Bytes, random: Random): Bytes => {
  const fields = fieldsOf(body)
  if (fields.length === 0) return body
  const field = pick(random, fields)
  return pick(random, STRUCTURAL)(body, field, random, fields)
}

const STRUCTURAL: readonly ((body: Bytes, field: Field, random: Random, fields: readonly Field[]) => Bytes)[] = [
  function lieAboutLength(body, field, random) {
    if (field.wireType !== 2) return withTag(body, field, field.number, Math.floor(random() * 8))
    const length = pick(random, [
      0,
      field.valueTo - field.valueFrom + 1,
      field.valueTo - field.valueFrom - 1,
      127,
      128,
      2 ** 31 - 1,
      2 ** 32 - 1,
      Math.floor(random() * 70_000),
    ])
    return join(body.slice(0, field.lengthAt), varint(Math.max(0, length)), body.slice(field.valueFrom))
  },
  function anotherType(body, field, random) {
    return withTag(body, field, field.number, Math.floor(random() * 8))
  },
  function anotherField(body, field, random) {
    return withTag(body, field, 1 + Math.floor(random() * 40), field.wireType)
  },
  function endlessNumber(body, field) {
    return join(
      body.slice(0, field.lengthAt),
      Uint8Array.from(Array.from({ length: 11 }, () => 0xff)),
      body.slice(field.valueTo),
    )
  },
  function largeNumber(body, field, random) {
    if (field.wireType !== 1) return withTag(body, field, field.number, 0)
    const out = Uint8Array.from(body)
    new DataView(out.buffer).setBigUint64(
      field.valueFrom,
      pick(random, [0n, 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]),
      true,
    )
    return out
  },
  function valueOfAnother(body, field, random, fields) {
    const other = pick(random, fields)
    return join(body.slice(0, field.tagAt), body.slice(other.tagAt, other.valueTo), body.slice(field.valueTo))
  },
  function withoutField(body, field) {
    return join(body.slice(0, field.tagAt), body.slice(field.valueTo))
  },
  function manyTimes(body, field, random) {
    const one = body.slice(field.tagAt, field.valueTo)
    const times = Math.min(2_000, Math.floor(random() * (100_000 / Math.max(1, one.length))))
    return join(body.slice(0, field.tagAt), ...Array.from({ length: times }, () => one), body.slice(field.tagAt))
  },
]

const withTag = (body: Bytes, field: Field, number: number, wireType: number): Bytes =>
  join(body.slice(0, field.tagAt), varint(number * 8 + wireType), body.slice(field.lengthAt))

const varint = (value: number): Bytes => {
  const out: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.push((rest % 0x80) | 0x80)
  return Uint8Array.from([...out, rest])
}

const join = (...parts: readonly Bytes[]): Bytes => {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
