import { BILL_LINES_MAX, BillError } from './bill.ts'

/** JSON as files hold it: one document, several after another (pages that were written into one file), one per line. */
export interface JsonDocument {
  readonly value: unknown
  /** Line of the file on which it begins. */
  readonly line: number
}

/** A bill nests four levels; what nests deeper is none, and a million brackets would be a million objects. */
const DEPTH_MAX = 32
const BRACKETS_MAX = 4_000_000

/** Every document of a file, one by one, so that only one of them is in memory. @throws BillError */
export function* jsonDocuments(bytes: Uint8Array): Generator<JsonDocument> {
  let count = 0
  for (const { start, end, line } of slices(bytes)) {
    if (++count > BILL_LINES_MAX) throw new BillError(`The file has more than ${BILL_LINES_MAX} JSON documents.`)
    try {
      yield { value: JSON.parse(DECODER.decode(bytes.subarray(start, end))) as unknown, line }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw new BillError(`The file is not JSON at line ${line}: ${error.message}`)
    }
  }
}

const DECODER = new TextDecoder()
const [QUOTE, BACKSLASH, NEWLINE, COMMA] = [0x22, 0x5c, 0x0a, 0x2c]
const isOpening = (byte: number): boolean => byte === 0x7b || byte === 0x5b
const isClosing = (byte: number): boolean => byte === 0x7d || byte === 0x5d
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

interface Slice {
  readonly start: number
  readonly end: number
  readonly line: number
}

/** Where each top-level value begins and ends, found by its brackets before anything is made of it. */
function* slices(bytes: Uint8Array): Generator<Slice> {
  let [depth, brackets, line, start, startLine] = [0, 0, 1, -1, 1]
  let inText = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === NEWLINE) line++
    if (inText) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inText = false
    } else if (byte === QUOTE && depth > 0) inText = true
    else if (isOpening(byte)) {
      if (depth === 0) [start, startLine] = [at, line]
      depth++
      if (depth > DEPTH_MAX) throw new BillError(`The JSON nests more than ${DEPTH_MAX} levels at line ${line}.`)
      if (++brackets > BRACKETS_MAX)
        throw new BillError(`The JSON has more than ${BRACKETS_MAX} objects and lists. Send a month at a time.`)
    } else if (isClosing(byte)) {
      if (--depth < 0) throw new BillError(`The JSON closes a bracket that was never opened, at line ${line}.`)
      if (depth === 0) yield { start, end: at + 1, line: startLine }
    } else if (depth === 0 && !isSpace(byte) && byte !== COMMA)
      throw new BillError(`The file is not JSON at line ${line}: a page is an object.`)
  }
  if (depth > 0) throw new BillError('The JSON ends in the middle: the file was cut off. Fetch it again.')
}
