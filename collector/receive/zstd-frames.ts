/**
 * The outside of a zstd body, read without decompressing it (RFC 8878 §3.1): how large each frame says it is, how large its blocks can become, and how
 * much memory and work they ask for. A block takes 3 bytes and can become 128 KiB, a header of 6 can ask for a window of terabytes.
 */
export type ZstdScan =
  | {
      /** What frames that say their size become. */
      readonly declaredBytes: number
      /** What all blocks can become at most. */
      readonly outputBytesMax: number
    }
  | { readonly broken: string }

/** RFC 8878 §3.1.1.1.2 recommends that decoders take at least 8 MiB; encoders stay below it but for `--ultra` and `--long`, and a frame in one
 * segment, whose window is its content, is made of contents below that. */
export const WINDOW_BYTES_MAX = 8 * 1024 * 1024
const BLOCK_BYTES_MAX = 128 * 1024
/** The decompressor moves its window on by each block: many small blocks in a large window would be hours of copying. */
const WINDOW_MOVES_BYTES_MAX = 16 * 1024 ** 3
/** A frame costs a decompressor of its own. Senders make one, or one per flush. */
const FRAMES_MAX = 1024

const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a50

export const scanZstd = (bytes: Uint8Array): ZstdScan => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  let declaredBytes = 0
  let outputBytesMax = 0
  let windowMoves = 0
  try {
    for (let frames = 0; at < bytes.length; frames++) {
      if (frames >= FRAMES_MAX) return { broken: `more than ${FRAMES_MAX} frames` }
      const magic = view.getUint32(at, true)
      if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
        at += 8 + view.getUint32(at + 4, true)
        continue
      }
      if (magic !== MAGIC) return { broken: `no zstd frame at byte ${at}` }
      const header = frameHeader(view, at + 4)
      if ('broken' in header) return header
      const blocks = scanBlocks(view, header.end, Math.min(BLOCK_BYTES_MAX, header.windowBytes))
      if ('broken' in blocks) return blocks
      at = blocks.end + (header.hasChecksum ? 4 : 0)
      declaredBytes += header.contentBytes ?? 0
      outputBytesMax += blocks.outputBytesMax
      windowMoves += blocks.count * header.windowBytes
      if (windowMoves > WINDOW_MOVES_BYTES_MAX) return { broken: 'too many small blocks for so large a window' }
    }
  } catch (error) {
    // A DataView refuses to read past the end.
    if (error instanceof RangeError) return { broken: 'it ends inside a frame' }
    throw error
  }
  return at === bytes.length ? { declaredBytes, outputBytesMax } : { broken: 'it ends inside a frame' }
}

interface FrameHeader {
  readonly end: number
  readonly windowBytes: number
  readonly contentBytes: number | undefined
  readonly hasChecksum: boolean
}

/** §3.1.1.1: descriptor, window, dictionary, content size. */
const frameHeader = (view: DataView, start: number): FrameHeader | { readonly broken: string } => {
  const descriptor = view.getUint8(start)
  const single = (descriptor & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!
  const sizeFlag = descriptor >>> 6
  const sizeBytes = sizeFlag === 0 ? Number(single) : 2 ** sizeFlag
  let at = start + 1
  let windowBytes = 0
  if (!single) {
    const window = view.getUint8(at++)
    const base = 2 ** (10 + (window >>> 3))
    windowBytes = base + (base / 8) * (window & 7)
  }
  if (dictionaryBytes > 0) return { broken: 'it needs a dictionary' }
  const contentBytes = sizeBytes === 0 ? undefined : contentSize(view, at, sizeBytes)
  at += sizeBytes
  if (single) windowBytes = contentBytes ?? 0
  if (windowBytes > WINDOW_BYTES_MAX)
    return { broken: `its window is larger than ${WINDOW_BYTES_MAX} bytes; compress with a lower level` }
  return { end: at, windowBytes, contentBytes, hasChecksum: (descriptor & 4) !== 0 }
}

const contentSize = (view: DataView, at: number, bytes: number): number => {
  if (bytes === 1) return view.getUint8(at)
  if (bytes === 2) return view.getUint16(at, true) + 256
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true))
}

interface Blocks {
  readonly end: number
  readonly count: number
  readonly outputBytesMax: number
}

/** §3.1.1.2: last, type and size in three bytes; raw and repeated blocks say what they become, a compressed one is bounded. */
const scanBlocks = (view: DataView, start: number, blockMax: number): Blocks | { readonly broken: string } => {
  let at = start
  let outputBytesMax = 0
  for (let count = 1; ; count++) {
    const header = view.getUint8(at) | (view.getUint16(at + 1, true) << 8)
    const type = (header >>> 1) & 3
    const size = header >>> 3
    if (type === 3) return { broken: `a reserved block at byte ${at}` }
    if (size > BLOCK_BYTES_MAX) return { broken: `a block of ${size} bytes at byte ${at}` }
    at += 3 + (type === 1 ? 1 : size)
    outputBytesMax += type === 2 ? blockMax : size
    if (at > view.byteLength) return { broken: 'it ends inside a block' }
    if ((header & 1) === 1) return { end: at, count, outputBytesMax }
  }
}
