import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { parse as csvParser } from 'csv-parse'
import { converted, nanoParts } from './amount.ts'
import {
  type BadLine,
  BILL_LINES_MAX,
  BILL_ROWS_MAX,
  BillError,
  type BillFormat,
  type BillLine,
  type BillRow,
  type ParsedBill,
  type ReadLine,
} from './bill.ts'
import { monthOf } from './days.ts'
import { type JsonDocument, jsonDocuments } from './json-documents.ts'
import { formatOfPage, PAGE_FORMATS, pagesOf, readPages } from './pages.ts'
import { columnsOf, readRow } from './table.ts'

export interface BillRequest {
  /** undefined: told from the file. */
  readonly format?: BillFormat | undefined
  /** For tables without a column of providers. */
  readonly provider?: string | undefined
  /** Keep what was understood although some lines were not, or pages are missing. */
  readonly partial: boolean
  /** US dollars per unit of a currency, in 10⁻¹⁸. */
  readonly rates: ReadonlyMap<string, bigint>
}

export interface BillFile {
  readonly format: BillFormat
  readonly bills: readonly ParsedBill[]
  readonly bad: readonly BadLine[]
  readonly badCount: number
}

/** A file, read and summed by month and provider. @throws BillError with what to do */
export const parseBill = async (bytes: Uint8Array, request: BillRequest): Promise<BillFile> => {
  const content = withoutMark(bytes)
  const { format, lines } = readerOf(content, request)
  const sums = new Sums(request.rates)
  const bad: BadLine[] = []
  let badCount = 0
  let count = 0
  for await (const read of lines) {
    if ('bad' in read) {
      if (++badCount <= BAD_LINES_KEPT) bad.push(read.bad)
    } else sums.add(read)
    // The same thread takes telemetry: a large bill lets others in between.
    if (++count % LINES_AT_ONCE === 0) await setImmediate()
  }
  if (badCount > 0 && !request.partial) throw new BillError(refusal(bad, badCount))
  const bills = sums.bills()
  if (bills.length === 0) throw new BillError('The file names no day: it is no bill, or its range was empty.')
  return { format, bills, bad, badCount }
}

const BAD_LINES_KEPT = 100
const LINES_AT_ONCE = 1000
const BAD_LINES_SAID = 5

const refusal = (bad: readonly BadLine[], count: number): string =>
  `${count} ${count === 1 ? 'line was' : 'lines were'} not understood, and a bill must not be half: ${bad
    .slice(0, BAD_LINES_SAID)
    .map(({ line, reason }) => `${line}: ${reason}`)
    .join('; ')}${count > BAD_LINES_SAID ? '; …' : ''}. Mend the file, or send partial=true to leave them out.`

/** What other programs put in front of a file, or instead of it. @throws BillError */
const withoutMark = (bytes: Uint8Array): Uint8Array => {
  const begins = (...mark: number[]): boolean => mark.every((byte, i) => bytes[i] === byte)
  if (begins(0x50, 0x4b)) throw new BillError('This is a ZIP archive (or a spreadsheet): send the CSV or JSON inside.')
  if (begins(0x1f, 0x8b) || begins(0x28, 0xb5, 0x2f, 0xfd))
    throw new BillError('The file is compressed: unpack it first.')
  if (begins(0xff, 0xfe) || begins(0xfe, 0xff)) throw new BillError('The file is UTF-16: save it as UTF-8.')
  const content = begins(0xef, 0xbb, 0xbf) ? bytes.subarray(3) : bytes
  if (content.length === 0) throw new BillError('The file is empty.')
  if (content.subarray(0, 4096).includes(0)) throw new BillError('The file is binary: a bill is CSV or JSON.')
  return content
}

interface Reader {
  readonly format: BillFormat
  readonly lines: Iterable<ReadLine> | AsyncIterable<ReadLine>
}

const readerOf = (bytes: Uint8Array, request: BillRequest): Reader => {
  const wanted = request.format
  if (wanted === 'csv') return { format: 'csv', lines: csvLines(bytes, request) }
  const first = bytes.find((byte) => byte !== 0x20 && (byte < 0x09 || byte > 0x0d))
  const isJson = first === 0x7b || first === 0x5b
  if (!isJson && wanted === undefined) return { format: 'csv', lines: csvLines(bytes, request) }
  if (!isJson) throw new BillError(`The file is no JSON: format=${wanted} is a file that begins with { or [.`)
  if (wanted === 'jsonl') return { format: 'jsonl', lines: objectLines(bytes, request) }
  const page = wanted
    ? PAGE_FORMATS.find(({ name }) => name === wanted)
    : formatOfPage(jsonDocuments(bytes).next().value?.value)
  if (page) return { format: page.name, lines: readPages(page, jsonDocuments(bytes), request.partial) }
  return { format: 'jsonl', lines: objectLines(bytes, request) }
}

/** One object a line, or one list of objects: columns by their keys. */
function* objectLines(bytes: Uint8Array, { provider = '' }: BillRequest): Generator<ReadLine> {
  let columns: ReturnType<typeof columnsOf> | undefined
  let known = ''
  for (const { value, line } of documentsByLine(bytes))
    for (const row of pagesOf(value)) {
      if (row === undefined || row === null || typeof row !== 'object') {
        yield { bad: { line: `line ${line}`, reason: 'not a JSON object' } }
        continue
      }
      const names = Object.keys(row)
      if (columns === undefined || known !== names.join()) [columns, known] = [columnsOf(names), names.join()]
      yield readRow(row as Record<string, unknown>, columns, line, provider)
    }
}

/** Line by line where each is a document, so that a broken one is only itself. */
function* documentsByLine(bytes: Uint8Array): Generator<JsonDocument> {
  if (bytes.find((byte) => byte === 0x7b || byte === 0x5b) === 0x5b) return yield* jsonDocuments(bytes)
  let [start, line] = [0, 1]
  while (start < bytes.length) {
    const found = bytes.indexOf(0x0a, start)
    const end = found < 0 ? bytes.length : found
    const text = bytes.subarray(start, end)
    if (text.some((byte) => byte > 0x20))
      try {
        for (const { value } of jsonDocuments(text)) yield { value, line }
      } catch (error) {
        if (!(error instanceof BillError)) throw error
        yield { value: undefined, line }
      }
    start = end + 1
    line++
  }
}

const DELIMITERS = [',', ';', '\t'] as const

async function* csvLines(bytes: Uint8Array, { provider = '' }: BillRequest): AsyncGenerator<ReadLine> {
  const head = new TextDecoder().decode(bytes.subarray(0, 4096)).split(/\r?\n/, 1)[0]!
  const count = (delimiter: string): number => head.split(delimiter).length
  const delimiter = DELIMITERS.toSorted((a, b) => count(b) - count(a))[0]!
  const parser = csvParser({
    delimiter,
    columns: (names: string[]) => names.map((name, i) => name.trim() || `column ${i + 1}`),
    info: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: CSV_RECORD_CHARS_MAX,
  })
  // Piece by piece: a parser that is given all at once makes all records at once.
  Readable.from(pieces(bytes)).pipe(parser)
  let columns: ReturnType<typeof columnsOf> | undefined
  try {
    for await (const entry of parser) {
      const { record, info } = entry as { record: Record<string, unknown>; info: { lines: number; records: number } }
      if (info.records > BILL_LINES_MAX) throw new BillError(`The bill has more than ${BILL_LINES_MAX} lines.`)
      columns ??= columnsOf(Object.keys(record))
      yield readRow(record, columns, info.lines, provider)
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new BillError(`The file is no CSV: ${error.message}`)
    throw error
  }
  if (columns === undefined) throw new BillError('The table has no line below its header.')
}
const CSV_RECORD_CHARS_MAX = 100_000
const PIECE_BYTES = 64 * 1024

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}

/** Lines added up by what they are about, exactly, and turned into dollars at the end. */
class Sums {
  readonly #rates: ReadonlyMap<string, bigint>
  readonly #bills = new Map<
    string,
    { provider: string; month: string; days: Set<string>; lines: number; rows: Map<string, Row> }
  >()

  constructor(rates: ReadonlyMap<string, bigint>) {
    this.#rates = rates
  }

  /** @throws BillError for a currency without a rate */
  add(read: Exclude<ReadLine, { bad: BadLine }>): void {
    const { day, provider } = 'line' in read ? read.line : read.empty
    const key = `${provider}\0${monthOf(day)}`
    const bill = this.#bills.get(key) ?? { provider, month: monthOf(day), days: new Set(), lines: 0, rows: new Map() }
    this.#bills.set(key, bill)
    bill.days.add(day)
    if (!('line' in read)) return
    bill.lines++
    const { line } = read
    const rowKey = JSON.stringify([day, line.account, line.model, line.tier, line.lineClass, line.item])
    const row = bill.rows.get(rowKey) ?? { line, atto: 0n }
    if (bill.rows.size >= BILL_ROWS_MAX && row.atto === 0n && !bill.rows.has(rowKey))
      throw new BillError(
        `${bill.month} of ${provider} has more than ${BILL_ROWS_MAX} rows once summed per day, account and model.`,
      )
    row.atto += this.#usd(line)
    bill.rows.set(rowKey, row)
  }

  bills(): ParsedBill[] {
    return [...this.#bills.values()]
      .toSorted((a, b) => (`${a.month}${a.provider}` < `${b.month}${b.provider}` ? -1 : 1))
      .map(({ provider, month, days, lines, rows }) => {
        const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
        const nanos = nanoParts(sorted.map(({ atto }) => atto))
        const order = [...days].toSorted()
        return { provider, month, firstDay: order[0]!, lastDay: order.at(-1)!, lines, rows: sorted.map(toRow(nanos)) }
      })
  }

  #usd({ currency, atto }: BillLine): bigint {
    if (currency === 'USD') return atto
    const rate = this.#rates.get(currency)
    if (rate === undefined)
      throw new BillError(`The bill is in ${currency}: say what one was in US dollars, like rate=${currency}:1.0823.`)
    return converted(atto, rate)
  }
}

interface Row {
  readonly line: BillLine
  atto: bigint
}

const toRow =
  (nanos: readonly bigint[]) =>
  ({ line }: Row, i: number): BillRow => ({
    day: line.day,
    account: line.account,
    model: line.model,
    tier: line.tier,
    lineClass: line.lineClass,
    item: line.item,
    nanoUsd: nanos[i]!,
  })
