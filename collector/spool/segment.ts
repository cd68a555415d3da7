import { crc32 } from 'node:zlib'
import { TABLE_NAMES, type TableName } from '../../schema/clickhouse/tables.ts'
import type { Section } from '../normalise/encode-batch.ts'

/**
 * A segment file is a row of frames, one frame per acknowledged request:
 *
 *     ┌ magic u32 ┬ payload length u32 ┬ crc32 u32 ┬ payload …                                                        ┐
 *     │ "RSG1"    │                    │           │ sections: table u8 · rows u32 · length u32 · bytes …             │
 *     └───────────┴────────────────────┴───────────┴──────────────────────────────────────────────────────────────────┘
 *
 * All little-endian. The high bit of `table` says that the rows are a Native block, else they are RowBinary. A frame is whole or it is not: the checksum
 * tells a torn tail (never acknowledged) from a corrupt middle.
 */
const MAGIC = 0x31475352
export const FRAME_HEADER_BYTES = 12
const SECTION_HEADER_BYTES = 9
const NATIVE_BIT = 0x80

/** Number of a table in the file. Append only: files of an older program must stay readable. */
const TABLE_IDS: readonly (TableName | 'keys' | 'targets')[] = [
  'spans',
  'logs',
  'scores',
  'content',
  'run_ledger',
  'traces',
  'keys',
  'ingest_stats',
  'metrics',
  'charges',
  'targets',
]
if (TABLE_NAMES.some((name) => !TABLE_IDS.includes(name)))
  throw new Error('a table has no number in the segment format')

/** A frame in pieces, to be written one after another: the sections' own bytes are not copied. */
export interface Frame {
  readonly pieces: readonly Uint8Array[]
  readonly bytes: number
}

export const encodeFrame = (sections: readonly Section[]): Frame => {
  const headers = Buffer.allocUnsafe(FRAME_HEADER_BYTES + SECTION_HEADER_BYTES * sections.length)
  const pieces: Uint8Array[] = [headers.subarray(0, FRAME_HEADER_BYTES)]
  let payloadBytes = 0
  let checksum = 0
  let offset = FRAME_HEADER_BYTES
  for (const { table, format, rows, bytes } of sections) {
    const from = offset
    offset = headers.writeUInt8(TABLE_IDS.indexOf(table) | (format === 'Native' ? NATIVE_BIT : 0), offset)
    offset = headers.writeUInt32LE(rows, offset)
    offset = headers.writeUInt32LE(bytes.length, offset)
    const header = headers.subarray(from, offset)
    pieces.push(header, bytes)
    payloadBytes += header.length + bytes.length
    checksum = crc32(bytes, crc32(header, checksum))
  }
  headers.writeUInt32LE(MAGIC, 0)
  headers.writeUInt32LE(payloadBytes, 4)
  headers.writeUInt32LE(checksum, 8)
  return { pieces, bytes: FRAME_HEADER_BYTES + payloadBytes }
}

export interface ScannedSegment {
  /** Sections of every whole frame, in order. */
  readonly sections: readonly Section[]
  readonly frames: number
  /** Bytes up to the end of the last whole frame: what a torn tail is cut back to. */
  readonly wholeBytes: number
  /** Stretches that are no whole frames: damage, not a torn tail. */
  readonly corrupt: readonly { readonly from: number; readonly to: number }[]
}

/** Reads what is whole. Damage in the middle is skipped up to the next frame that checks out. */
export const scanSegment = (bytes: Buffer): ScannedSegment => {
  const sections: Section[] = []
  const corrupt: { from: number; to: number }[] = []
  let frames = 0
  let offset = 0
  let wholeBytes = 0
  while (offset < bytes.length) {
    const end = frameEnd(bytes, offset)
    if (end === undefined) {
      const next = nextFrame(bytes, offset + 1)
      if (next === undefined) {
        if (!isTorn(bytes, offset)) corrupt.push({ from: offset, to: bytes.length })
        break
      }
      corrupt.push({ from: offset, to: next })
      offset = next
      continue
    }
    sections.push(...decodeSections(bytes.subarray(offset + FRAME_HEADER_BYTES, end)))
    frames++
    offset = end
    wholeBytes = end
  }
  return { sections, frames, wholeBytes, corrupt }
}

/** End of the frame at `offset`, or undefined if there is none whose checksum holds. */
const frameEnd = (bytes: Buffer, offset: number): number | undefined => {
  if (offset + FRAME_HEADER_BYTES > bytes.length || bytes.readUInt32LE(offset) !== MAGIC) return undefined
  const end = offset + FRAME_HEADER_BYTES + bytes.readUInt32LE(offset + 4)
  if (end > bytes.length) return undefined
  return crc32(bytes.subarray(offset + FRAME_HEADER_BYTES, end)) === bytes.readUInt32LE(offset + 8) ? end : undefined
}

const MAGIC_BYTES = Buffer.from('RSG1')

/**
 * What a write leaves that a crash cut short: the beginning of a frame, or room in the file that never got its bytes. Anything else at the end of a file was
 * whole once, and may have been acknowledged.
 */
const isTorn = (bytes: Buffer, offset: number): boolean => {
  const rest = bytes.subarray(offset)
  if (rest.every((byte) => byte === 0)) return true
  if (!rest.subarray(0, 4).equals(MAGIC_BYTES.subarray(0, rest.length))) return false
  return rest.length < FRAME_HEADER_BYTES || FRAME_HEADER_BYTES + rest.readUInt32LE(4) > rest.length
}

const nextFrame = (bytes: Buffer, from: number): number | undefined => {
  for (let at = bytes.indexOf(MAGIC_BYTES, from); at !== -1; at = bytes.indexOf(MAGIC_BYTES, at + 1))
    if (frameEnd(bytes, at) !== undefined) return at
  return undefined
}

export const decodeSections = (payload: Buffer): Section[] => {
  const sections: Section[] = []
  let offset = 0
  while (offset < payload.length) {
    const number = payload.readUInt8(offset)
    const table = TABLE_IDS[number & ~NATIVE_BIT]
    if (!table) throw new Error(`segment: table number ${number} is of a newer program`)
    const format = number & NATIVE_BIT ? 'Native' : 'RowBinary'
    const rows = payload.readUInt32LE(offset + 1)
    const length = payload.readUInt32LE(offset + 5)
    offset += SECTION_HEADER_BYTES
    sections.push({ table, format, rows, bytes: payload.subarray(offset, offset + length) })
    offset += length
  }
  return sections
}
