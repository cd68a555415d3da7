import type { RowBinaryReader } from './row-binary-reader.ts'
import type { RowBinaryWriter } from './row-binary-writer.ts'
import { mapTypes, wrapped } from './types.ts'

/**
 * ClickHouse's RowBinary format: rows one after another, each value in its type's little-endian form, strings with a varint length
 * (https://clickhouse.com/docs/interfaces/formats/RowBinary). The spool keeps it, both engines load it, the tallier reads it.
 */
export type Encode = (writer: RowBinaryWriter, value: never) => void
export type Decode = (reader: RowBinaryReader) => unknown

/** The encoder of a column type, compiled once. Throws on a type that no table of ours uses. */
export const encoderOf = (type: string): Encode => codecOf(type).encode

export const decoderOf = (type: string): Decode => codecOf(type).decode

interface Codec {
  readonly encode: Encode
  readonly decode: Decode
}

const codec = <T>(encode: (w: RowBinaryWriter, v: T) => void, decode: (r: RowBinaryReader) => T): Codec => ({
  encode: encode as Encode,
  decode,
})

/** Times and decimals are bigint (nanoseconds, 10⁻⁹ USD), FixedString is lowercase hex, Map is a JavaScript Map. */
const SCALARS: Readonly<Record<string, Codec>> = {
  Bool: codec<boolean>(
    (w, v) => w.u8(v ? 1 : 0),
    (r) => r.u8() === 1,
  ),
  UInt8: codec<number>(
    (w, v) => w.u8(v),
    (r) => r.u8(),
  ),
  UInt16: codec<number>(
    (w, v) => w.u16(v),
    (r) => r.u16(),
  ),
  UInt32: codec<number>(
    (w, v) => w.u32(Math.min(v, 0xffffffff)),
    (r) => r.u32(),
  ),
  UInt64: codec<bigint>(
    (w, v) => w.u64(v),
    (r) => r.u64(),
  ),
  Int8: codec<number>(
    (w, v) => w.i8(v),
    (r) => r.i8(),
  ),
  Int16: codec<number>(
    (w, v) => w.i16(v),
    (r) => r.i16(),
  ),
  Int32: codec<number>(
    (w, v) => w.i32(v),
    (r) => r.i32(),
  ),
  Int64: codec<bigint>(
    (w, v) => w.i64(v),
    (r) => r.i64(),
  ),
  Float64: codec<number>(
    (w, v) => w.f64(v),
    (r) => r.f64(),
  ),
  String: codec<string>(
    (w, v) => w.string(v),
    (r) => r.string(),
  ),
}

const codecOf = (type: string): Codec => {
  const scalar = SCALARS[type]
  if (scalar) return scalar
  const { outer, inner } = wrapped(type)
  switch (outer) {
    case 'LowCardinality':
      return codecOf(inner)
    case 'SimpleAggregateFunction':
      return codecOf(inner.slice(inner.indexOf(',') + 1).trim())
    case 'FixedString':
      return fixedString(Number(inner))
    case 'DateTime64':
    case 'Decimal64':
      return SCALARS.Int64!
    case 'Array':
      return array(codecOf(inner))
    case 'Map': {
      const [key, value] = mapTypes(inner)
      return map(codecOf(key), codecOf(value))
    }
    default:
      throw new Error(`RowBinary: no codec for column type ${type}`)
  }
}

const fixedString = (bytes: number): Codec =>
  codec<string>(
    (w, v) => w.hex(v, bytes),
    (r) => r.hex(bytes),
  )

const array = (item: Codec): Codec =>
  codec<readonly unknown[]>(
    (w, v) => {
      w.varint(v.length)
      for (const element of v) item.encode(w, element as never)
    },
    (r) => Array.from({ length: r.varint() }, () => item.decode(r)),
  )

const map = (key: Codec, value: Codec): Codec => {
  let seen: unknown
  let last: unknown
  let lastBytes = new Uint8Array()
  return codec<ReadonlyMap<unknown, unknown>>(
    (w, v) => {
      // The spans of one resource share one map object: its bytes are made once and copied.
      if (v === last && v.size > 0) return w.raw(lastBytes)
      const from = w.length
      w.varint(v.size)
      for (const [k, x] of v) {
        key.encode(w, k as never)
        value.encode(w, x as never)
      }
      if (v === seen) {
        last = v
        lastBytes = w.since(from)
      }
      seen = v
    },
    (r) => {
      const size = r.varint()
      const result = new Map<unknown, unknown>()
      for (let i = 0; i < size; i++) result.set(key.decode(r), value.decode(r))
      return result
    },
  )
}
