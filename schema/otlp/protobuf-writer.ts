/**
 * Writes protobuf's wire format into a growing buffer. Made for answers, tests and benches, not for the write path: simple before fast.
 * Scalars at their default are left out, as proto3 encoders do.
 */
export class ProtobufWriter {
  private buf = Buffer.allocUnsafe(1024)
  private pos = 0

  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buf.subarray(0, this.pos))
  }

  string(field: number, text: string): void {
    if (text === '') return
    this.bytes(field, Buffer.from(text, 'utf8'))
  }

  hex(field: number, id: string): void {
    if (id === '') return
    this.bytes(field, Buffer.from(id, 'hex'))
  }

  /** Written also where empty: members of a oneof and entries of a list are there or not, whatever they hold. */
  bytes(field: number, bytes: Uint8Array): void {
    this.tag(field, 2)
    this.varint(BigInt(bytes.length))
    this.raw(bytes)
  }

  /** Bytes that are fields already. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.buf.set(bytes, this.pos)
    this.pos += bytes.length
  }

  /** Any varint type but sint: uint32, int64, bool, enum. */
  integer(field: number, value: number | bigint): void {
    if (value === 0 || value === 0n) return
    this.member(field, BigInt(value))
  }

  /** A varint that is written also where it is 0. */
  member(field: number, value: bigint): void {
    this.tag(field, 0)
    this.varint(BigInt.asUintN(64, value))
  }

  fixed64(field: number, value: bigint): void {
    if (value === 0n) return
    this.tag(field, 1)
    this.reserve(8)
    this.pos = this.buf.writeBigUInt64LE(value, this.pos)
  }

  /** Signed, and written also where it is 0: OTLP has it in oneofs only. */
  sfixed64(field: number, value: bigint): void {
    this.tag(field, 1)
    this.reserve(8)
    this.pos = this.buf.writeBigInt64LE(value, this.pos)
  }

  double(field: number, value: number): void {
    this.tag(field, 1)
    this.reserve(8)
    this.pos = this.buf.writeDoubleLE(value, this.pos)
  }

  fixed32(field: number, value: number): void {
    if (value === 0) return
    this.tag(field, 5)
    this.reserve(4)
    this.pos = this.buf.writeUInt32LE(value, this.pos)
  }

  /** A message: written in place behind room for a short length, moved up if the length takes more than one byte. */
  message(field: number, write: (writer: this) => void): void {
    this.tag(field, 2)
    this.reserve(1)
    const start = ++this.pos
    write(this)
    const length = this.pos - start
    const lengthBytes = varintSize(length)
    if (lengthBytes > 1) {
      this.reserve(lengthBytes)
      this.buf.copyWithin(start + lengthBytes - 1, start, this.pos)
    }
    this.pos = start - 1
    this.varint(BigInt(length))
    this.pos += length
  }

  private tag(field: number, wire: number): void {
    this.varint(BigInt((field << 3) | wire))
  }

  private varint(value: bigint): void {
    this.reserve(10)
    let rest = value
    while (rest > 0x7fn) {
      this.buf[this.pos++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.buf[this.pos++] = Number(rest)
  }

  private reserve(more: number): void {
    if (this.pos + more <= this.buf.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.buf.length * 2, this.pos + more))
    this.buf.copy(larger, 0, 0, this.pos)
    this.buf = larger
  }
}

function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) size++
  return size
}
